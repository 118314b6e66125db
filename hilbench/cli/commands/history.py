"""`hilbench history`: what a model measured, campaign by campaign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hilbench.cli import console
from hilbench.cli.options import RESULTS, Json, ResultsDir

if TYPE_CHECKING:
    from hilbench.record.journal.history import Past

_SHOWN = ("exe_instructions", "exe_cycles", "flash_bytes", "ram_bytes")


def register(app: typer.Typer) -> None:
    app.command()(history)


def history(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A model, or a pattern: 'lstm*'; or a job.")
    ],
    results: ResultsDir = RESULTS,
    as_json: Json = False,
) -> None:
    """List every measurement of a model, with the commits that made it, the oldest first."""
    from hilbench.record.journal import FILE
    from hilbench.record.journal.history import history as past

    found = past(results / FILE, model)
    if as_json:
        console.print_json({"schema": 1, "measurements": [_json(each) for each in found]})
        return
    columns = ["campaign", "job", "hilbench", "repository", "status", *_SHOWN]
    console.print_table(columns, [_line(each) for each in found])


def _line(past: Past) -> list[str]:
    changed = " (changed)" if past.clean is False else ""
    repository = past.repository_commit[:10] + changed
    values = [f"{past.row[name]:,}" if name in past.row else "-" for name in _SHOWN]
    made_by = [past.hilbench_commit[:10] or past.hilbench, repository or "-"]
    return [str(past.campaign), past.row.job, *made_by, str(past.row["status"]), *values]


def _json(past: Past) -> dict[str, object]:
    return {
        "campaign": past.campaign,
        "hilbench": past.hilbench,
        "hilbench_commit": past.hilbench_commit,
        "repository_commit": past.repository_commit,
        "repository_clean": past.clean,
        "row": dict(past.row),
    }
