"""`hilbench run`: the main job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from hilbench.cli import console, exits, shown
from hilbench.cli.options import (
    FIGURES,
    RESULTS,
    AllowLambda,
    Boards,
    DataFile,
    Engines,
    ExperimentArgument,
    FiguresDir,
    Json,
    Labels,
    Levels,
    Models,
    Reference,
    ResultsDir,
    SampleCount,
    Stream,
    Tflm,
    Uncertainty,
    Variants,
    Whole,
)
from hilbench.core.settings import WORKERS, Settings
from hilbench.core.text import counted

if TYPE_CHECKING:
    from hilbench.record.row import Row


def _outcome(rows: Sequence[Row]) -> str:
    """ "12 of 14 jobs ok, 2 skipped" """
    skipped = sum(row.skipped for row in rows)
    said = f"{sum(row.ok for row in rows)} of {counted(len(rows), 'job')} ok"
    return f"{said}, {skipped} skipped" if skipped else said


def register(app: typer.Typer) -> None:
    app.command()(run)


def run(
    context: typer.Context,
    experiment: ExperimentArgument,
    models: Models = None,
    variants: Variants = None,
    engines: Engines = None,
    boards: Boards = None,
    optimisations: Levels = None,
    data: DataFile = None,
    labels: Labels = None,
    samples: SampleCount = None,
    reference: Reference = None,
    allow_lambda: AllowLambda = False,
    uncertainty: Uncertainty = False,
    stream: Stream = False,
    whole: Whole = None,
    tflm: Tflm = None,
    results: ResultsDir = RESULTS,
    figures: FiguresDir = FIGURES,
    workers: Annotated[int, typer.Option(min=1, help="Jobs at a time.")] = WORKERS,
    fresh: Annotated[
        list[str] | None,
        typer.Option(help="Do this stage again in spite of the cache; repeatable."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep ok rows that a new run would only repeat.")
    ] = False,
    allow_skipped: Annotated[
        bool, typer.Option("--allow-skipped", help="Skipped jobs do not count as a failure.")
    ] = False,
    plot: Annotated[bool, typer.Option(help="Draw the figures at the end.")] = True,
    as_json: Json = False,
) -> None:
    """Run an experiment: train, convert, compile, measure, record, draw.

    Exit code 0 when every job is ok, 1 when one is not (with --allow-skipped, skipped ones do not
    count), 2 when nothing could start, 130 when it was interrupted.
    """
    from hilbench import api
    from hilbench.cli.figures import draw_figures
    from hilbench.cli.progress import display
    from hilbench.pipeline.selection import Chosen, select, settings_of_data
    from hilbench.report import tables

    settings = Settings.read(tflm=tflm)
    selected = select(
        settings,
        experiment,
        Chosen(
            models=models or (),
            variants=variants or (),
            engines=engines or (),
            boards=boards or (),
            optimisations=optimisations or (),
            data=settings_of_data(data, labels, samples),
            reference=reference,
            allow_lambda=allow_lambda,
            stream=stream,
            whole=whole,
            uncertainty=uncertainty,
        ),
    )
    with display(len(selected.jobs)) as observer:
        done = api.execute(
            selected,
            settings,
            results,
            observer,
            console.command_line(),
            context.obj,
            workers,
            fresh or (),
            resume,
        )
    rows = done.rows
    if plot:
        draw_figures(shown.of(selected.experiment, done.path), figures)
    if as_json:
        console.print_json([dict(row) for row in rows])
    else:
        console.print_table(*tables.summary(rows))
    console.say(f"{_outcome(rows)}; rows are in {done.path}")
    if not all(row.ok or (allow_skipped and row.skipped) for row in rows):
        raise typer.Exit(exits.FAILED)
