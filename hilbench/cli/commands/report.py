"""`hilbench report`: a campaign as one HTML file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from hilbench.cli import console
from hilbench.cli.options import RESULTS, Baseline, LimitsFile, ResultsDir
from hilbench.cli.shown import ShownArgument, shown
from hilbench.cli.sides import changes


def register(app: typer.Typer) -> None:
    app.command()(report)


def report(
    experiment: ShownArgument,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Instead of <results>/<name>.html."),
    ] = None,
    baseline: Baseline = None,
    limits: LimitsFile = None,
    title: Annotated[str | None, typer.Option(help="Instead of the experiment's.")] = None,
    serve: Annotated[
        bool,
        typer.Option("--serve", help="Write nothing; show it in a browser here, and follow a run."),
    ] = False,
    results: ResultsDir = RESULTS,
) -> None:
    """Write one HTML file: verdict, figures, a table that sorts, and everything of each job."""
    from hilbench.cli.figures import drawing
    from hilbench.core.errors import UsageError
    from hilbench.core.settings import Settings
    from hilbench.record import store
    from hilbench.report import html, recorded

    given = shown(experiment, results)
    heading = given.title if title is None else title
    cache = Settings.read().cache

    def page(live: str = "") -> str:
        rows = store.read(given.csv) if given.csv.exists() or not live else []
        if not rows and not live:
            raise UsageError(
                f"{given.csv}: there are no rows to report", remedy="`hilbench run` writes them"
            )
        changed = changes(baseline, experiment, results, limits) if rows else []
        with drawing("writing the report") as show:
            return html.page(
                rows, heading, given.leave_out, changed, baseline or "", show,
                recorded.read(given.csv, rows), cache, live,
            )  # fmt: skip

    if serve:
        if output is not None:
            raise UsageError("--serve writes no file", remedy="leave --output out")
        _serve(given.csv, page)
        return
    path = output or given.csv.with_suffix(".html")
    store.write_atomically(path, page().encode())
    console.say(f"the report is {path}")


def _serve(csv: Path, page: Callable[[str], str]) -> None:
    from hilbench.report.html.live import Server

    server = Server(csv, page)
    console.say(f"the report of {csv} is at {server.address} (Ctrl-C ends it)")
    server.forever()
