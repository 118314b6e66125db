"""`hilbench table`: results as Markdown, for a README or a report."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from hilbench.cli import console
from hilbench.cli.options import RESULTS, ExperimentArgument, Json, ResultsDir
from hilbench.core.errors import UsageError


class Across(StrEnum):
    MODEL = "model"
    VARIANT = "variant"
    ENGINE = "engine"
    BOARD = "board"
    OPTIMISATION = "optimisation"


def register(app: typer.Typer) -> None:
    app.command()(table)


def table(
    experiment: ExperimentArgument,
    results: ResultsDir = RESULTS,
    published: Annotated[
        bool, typer.Option("--published", help="Beside the published EdgeMark campaign.")
    ] = False,
    across: Annotated[
        Across | None,
        typer.Option("--across", help="A table per quantity, these side by side: cores, engines."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Print the rows of an experiment as Markdown, or all of their columns as JSON."""
    from hilbench.pipeline import selection
    from hilbench.record import store
    from hilbench.report import tables
    from hilbench.report.across import across_markdown

    spec = selection.experiment(experiment)
    rows = store.read(results / f"{spec.name}.csv")
    if across is not None and published:
        raise UsageError("--across and --published are two tables: name one of them")
    if as_json:
        if across is not None or published:
            raise UsageError("--json has every column of every row", remedy="leave the other out")
        console.print_json({"schema": 1, "experiment": spec.name, "rows": list(map(dict, rows))})
        return
    if across is not None:
        text = across_markdown(rows, across)
    else:
        text = tables.published_markdown(rows) if published else tables.results_markdown(rows)
    console.print_text(text)
