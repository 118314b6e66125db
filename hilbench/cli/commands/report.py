"""`hilbench report`: a campaign as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilbench.cli import console
from hilbench.cli.options import RESULTS, ResultsDir
from hilbench.cli.sides import side

if TYPE_CHECKING:
    from hilbench.report.verdict import Change


def register(app: typer.Typer) -> None:
    app.command()(report)


def report(
    experiment: Annotated[
        str,
        typer.Argument(
            metavar="EXPERIMENT|NETWORK|CSV", help="Whose results are shown, or a results file."
        ),
    ],
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
    from hilbench.core.errors import UsageError
    from hilbench.pipeline import selection
    from hilbench.record import store
    from hilbench.report import html

    if experiment.endswith(".csv"):
        csv = Path(experiment)
        heading, leave_out = csv.stem, list[str]()
    else:
        spec = selection.experiment(experiment)
        csv = results / f"{spec.name}.csv"
        heading, leave_out = spec.title, list(spec.figures.leave_out)
    rows = store.read(csv)
    if not rows:
        raise UsageError(f"{csv}: there are no rows to report", remedy="`hilbench run` writes them")
    changes = _changes(baseline, experiment, results) if baseline else []
    with console.err.status("writing the report") as status:

        def show(figure: str, before: int, total: int) -> None:
            status.update(f"drawing figures: {figure} ({before + 1} of {total})")

        text = html.page(
            rows, heading if title is None else title, leave_out, changes,
            baseline or "", show,
        )  # fmt: skip
    path = output or csv.with_suffix(".html")
    store.write_atomically(path, text.encode())
    console.say(f"the report is {path}")


def _changes(baseline: str, experiment: str, results: Path) -> list[Change]:
    from hilbench.config.limits import Limits
    from hilbench.report import verdict

    return verdict.compare(side(baseline, results), side(experiment, results), Limits({}, {}))
