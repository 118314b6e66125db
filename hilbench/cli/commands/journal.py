"""`hilbench journal`: what a results folder remembers, when it has been damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hilbench.cli import console
from hilbench.cli.options import RESULTS
from hilbench.core.text import counted

app = typer.Typer(no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    parent.add_typer(app, name="journal", help="The journal of a results folder.")


@app.callback()
def _root() -> None:
    """The journal of a results folder."""


@app.command()
def rescue(
    results: Annotated[Path, typer.Argument(help="The results folder.")] = RESULTS,
) -> None:
    """Save what can be read of a damaged journal; the damaged file stays beside it.

    End every run in the folder before. One that is not damaged is left as it is.
    """
    from hilbench.record.journal.rescue import rescue as save

    saved = save(results)
    if saved is None:
        console.say(f"the journal of {results} is not damaged: nothing is to be saved")
        return
    console.say(
        f"saved {counted(saved.campaigns, 'campaign')} and {counted(saved.attempts, 'attempt')},"
        f" {saved.rows:,} with a row; the damaged journal is {saved.kept_as}, and the next run"
        " takes in what the CSV has besides"
    )
