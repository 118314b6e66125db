"""`hilbench table`: results as Markdown, for a README or a report."""

from __future__ import annotations

from typing import Annotated

import typer

from hilbench.cli import console
from hilbench.cli.options import RESULTS, ExperimentArgument, ResultsDir


def register(app: typer.Typer) -> None:
    app.command()(table)


def table(
    experiment: ExperimentArgument,
    results: ResultsDir = RESULTS,
    published: Annotated[
        bool, typer.Option("--published", help="Beside the published EdgeMark campaign.")
    ] = False,
) -> None:
    """Print the rows of an experiment as Markdown."""
    from hilbench.pipeline import selection
    from hilbench.record import store
    from hilbench.report import tables

    spec = selection.experiment(experiment)
    rows = store.read(results / f"{spec.name}.csv")
    text = tables.published_markdown(rows) if published else tables.results_markdown(rows)
    console.print_text(text)
