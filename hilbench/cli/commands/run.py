"""`hilbench run`: the main job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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


def _outcome(rows: Sequence[Row], left: int) -> str:
    """ "12 of 14 jobs ok, 2 skipped, stopped with 3 left" """
    skipped = sum(row.skipped for row in rows)
    said = [f"{sum(row.ok for row in rows)} of {counted(len(rows), 'job')} ok"]
    said += [f"{skipped} skipped"] if skipped else []
    said += [f"stopped with {left} left (--resume goes on)"] if left else []
    return ", ".join(said)


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
    only_failed: Annotated[
        bool, typer.Option("--only-failed", help="Only jobs whose row says that they failed.")
    ] = False,
    only_missing: Annotated[
        bool, typer.Option("--only-missing", help="Only jobs that have no row.")
    ] = False,
    stop_on_failure: Annotated[
        bool,
        typer.Option(
            "--stop-on-failure/--keep-going", help="Begin no job once one failed; or go on."
        ),
    ] = False,
    shuffle: Annotated[
        int | None,
        typer.Option(metavar="SEED", help="In a random order: do jobs disturb each other?"),
    ] = None,
    repeat: Annotated[
        int, typer.Option(min=1, metavar="N", help="So many campaigns, one after the other.")
    ] = 1,
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
    from hilbench.pipeline.steering import Steering, narrowed
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
    steering = Steering(only_failed, only_missing, shuffle, stop_on_failure)
    selected = narrowed(selected, results, steering)
    if not selected.jobs:
        console.say("there is no such job: nothing was run")
        return
    settings_of_run = (context.obj, workers, fresh or (), resume)
    rows: list[Row] = []
    for nth in range(repeat):
        now = steering if shuffle is None else replace(steering, shuffle=shuffle + nth)
        with display(len(selected.jobs)) as observer:
            typed = console.command_line()
            done = api.execute(
                selected, settings, results, observer, typed, *settings_of_run, now
            )  # fmt: skip
        rows += done.rows
        if done.left:
            break
    if plot:
        draw_figures(shown.of(selected.experiment, done.path), figures)
    if as_json:
        console.print_json([dict(row) for row in rows])
    else:
        console.print_table(*tables.summary(rows))
    console.say(f"{_outcome(rows, done.left)}; rows are in {done.path}")
    if done.left or not all(row.ok or (allow_skipped and row.skipped) for row in rows):
        raise typer.Exit(exits.FAILED)
