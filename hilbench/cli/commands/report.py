"""`hilbench report`: a campaign as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilbench.cli import console
from hilbench.cli.options import RESULTS, ResultsDir
from hilbench.cli.shown import ShownArgument, shown
from hilbench.cli.sides import side

if TYPE_CHECKING:
    from hilbench.report.verdict import Change


def register(app: typer.Typer) -> None:
    app.command()(report)


def report(
    experiment: ShownArgument,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Instead of <results>/<name>.html."),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="A", help="Say what became worse since A, named as for compare."),
    ] = None,
    title: Annotated[str | None, typer.Option(help="Instead of the experiment's.")] = None,
    results: ResultsDir = RESULTS,
) -> None:
    """Write one HTML file: verdict, figures, a table that sorts, and everything of each job."""
    from hilbench.cli.figures import drawing
    from hilbench.core.errors import UsageError
    from hilbench.record import store
    from hilbench.report import html, recorded

    given = shown(experiment, results)
    rows = store.read(given.csv)
    if not rows:
        raise UsageError(
            f"{given.csv}: there are no rows to report", remedy="`hilbench run` writes them"
        )
    changes = _changes(baseline, experiment, results) if baseline else []
    heading = given.title if title is None else title
    with drawing("writing the report") as show:
        text = html.page(rows, heading, given.leave_out, changes, baseline or "", show,
                         recorded.read(given.csv, rows))  # fmt: skip
    path = output or given.csv.with_suffix(".html")
    store.write_atomically(path, text.encode())
    console.say(f"the report is {path}")


def _changes(baseline: str, experiment: str, results: Path) -> list[Change]:
    from hilbench.config.limits import Limits
    from hilbench.report import verdict

    return verdict.compare(side(baseline, results), side(experiment, results), Limits({}, {}))
