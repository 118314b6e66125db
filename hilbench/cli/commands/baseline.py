"""`hilbench baseline`: a file in git that later rows are held to."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilbench.cli import console
from hilbench.cli.options import RESULTS, ResultsDir
from hilbench.cli.shown import ShownArgument, shown
from hilbench.core.text import counted

if TYPE_CHECKING:
    from hilbench.record.row import Row

_FILE = Path("baseline.csv")

File = Annotated[Path, typer.Option("--file", metavar="CSV", help="The baseline.")]
Jobs = Annotated[
    list[str] | None, typer.Option("--job", help="Only these, as in 'lstm/*'; repeatable.")
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Keep rows that later ones are held to.")
    group.command()(save)
    group.command()(update)
    app.add_typer(group, name="baseline")


def save(
    experiment: ShownArgument, file: File = _FILE, jobs: Jobs = None, results: ResultsDir = RESULTS
) -> None:
    """Make a baseline of rows that are all ok."""
    from hilbench.record import baseline

    rows = _rows(experiment, jobs or (), results)
    baseline.save(file, rows)
    console.say(f"{counted(len(rows), 'job')} in {file}")


def update(
    experiment: ShownArgument, file: File = _FILE, jobs: Jobs = None, results: ResultsDir = RESULTS
) -> None:
    """Put rows in the place of those that the baseline has of their jobs; others stay."""
    from hilbench.config.limits import Limits
    from hilbench.record import baseline, store
    from hilbench.report.verdict import Side, compare
    from hilbench.report.verdict import counted as verdicts

    rows = _rows(experiment, jobs or (), results)
    before = {row.job: row for row in store.read(file)}
    baseline.update(file, rows)
    same = {row.job: row for row in rows if row.job in before}
    said = [f"{counted(len(rows) - len(same), 'new job')}"] if len(same) < len(rows) else []
    if same:
        old = {job: before[job] for job in same}
        said.append(verdicts(compare(Side("before", old), Side("now", same), Limits({}, {}))))
    console.say(f"{file}: {', '.join(said)}")


def _rows(experiment: str, jobs: Sequence[str], results: Path) -> list[Row]:
    """Those whose job fits a pattern, all without one. Raises UsageError, StoreError."""
    from hilbench.core.errors import UsageError
    from hilbench.core.registry import nearest
    from hilbench.record import store

    rows = store.read(shown(experiment, results).csv)
    for pattern in jobs:
        if not any(fnmatchcase(row.job, pattern) for row in rows):
            raise UsageError(
                f"no row of the job '{pattern}'", remedy=nearest(pattern, [row.job for row in rows])
            )
    return [row for row in rows if not jobs or any(fnmatchcase(row.job, one) for one in jobs)]
