"""`hilbench run`: the main job."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from hilbench.cli import console, exits, farms, shown
from hilbench.cli.options import (
    FIGURES,
    RESULTS,
    AllowLambda,
    Boards,
    Certificates,
    DataFile,
    Engines,
    ExperimentArgument,
    FarmAddress,
    FiguresDir,
    Json,
    Labels,
    Levels,
    Models,
    OnlyFailed,
    OnlyMissing,
    Reference,
    ResultsDir,
    SampleCount,
    Stream,
    Tags,
    Tflm,
    Uncertainty,
    Variants,
    Whole,
    Workers,
)
from hilbench.core.errors import Interrupted
from hilbench.core.settings import Settings
from hilbench.core.text import counted

if TYPE_CHECKING:
    from hilbench.pipeline.campaign import Done
    from hilbench.record.row import Row


def _outcome(rows: Sequence[Row]) -> str:
    """ "12 of 14 jobs ok, 2 skipped" """
    skipped = sum(row.skipped for row in rows)
    said = f"{sum(row.ok for row in rows)} of {counted(len(rows), 'job')} ok"
    return f"{said}, {skipped} skipped" if skipped else said


def going_on() -> str:
    """The command that was typed, made to keep what it has done."""
    once = re.sub(r" --repeat[ =]\d+", "", console.command_line())
    return once if " --resume" in once else f"{once} --resume"


def register(app: typer.Typer) -> None:
    app.command()(run)


def run(
    context: typer.Context,
    experiment: ExperimentArgument,
    models: Models = None,
    tags: Tags = None,
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
    only_failed: OnlyFailed = False,
    only_missing: OnlyMissing = False,
    workers: Workers = None,
    farm: FarmAddress = None,
    certificates: Certificates = None,
    fresh: Annotated[
        list[str] | None,
        typer.Option(help="Do this stage again in spite of the cache; repeatable."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep ok rows that a new run would only repeat.")
    ] = False,
    repeat: Annotated[
        int, typer.Option(min=1, help="Do it so many times, a campaign each in the journal.")
    ] = 1,
    shuffle: Annotated[
        int | None, typer.Option(metavar="SEED", help="Jobs in a random order, by this seed.")
    ] = None,
    keep_going: Annotated[
        bool,
        typer.Option("--keep-going/--stop-on-failure", help="Whether jobs begin after a failure."),
    ] = True,
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
    from hilbench.cli.figures import Following, crew, draw_figures
    from hilbench.cli.progress import of_campaign
    from hilbench.pipeline.selection import Chosen, select, settings_of_data
    from hilbench.pipeline.steering import Steering, narrowed

    settings = Settings.read(tflm=tflm)
    site = context.with_resource(farms.joined(farm, certificates, settings, context.obj))
    selected = select(
        settings,
        experiment,
        Chosen(
            models=models or (),
            tags=tags or (),
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
            bench=site.bench if site else None,
        ),
    )
    selected = narrowed(selected, results, only_failed, only_missing)
    if not selected.jobs:
        lacks = {"has a row that is not ok": only_failed, "has no row": only_missing}
        which = " or ".join(said for said, asked in lacks.items() if asked)
        console.say(f"nothing to do: no job of {selected.path} {which} in {results}")
        if as_json:
            console.print_json([])
        return
    steering = Steering(workers, fresh or (), resume, repeat, shuffle, not keep_going)
    typed = console.command_line()
    what = shown.of(selected.experiment, results / f"{selected.experiment.name}.csv")
    with crew(what, figures, context.obj) as children:
        with of_campaign(selected, results, repeat) as observer, _going_on():
            watching = Following(what, children, observer) if plot else observer
            done = api.execute(
                selected, settings, results, watching, typed, context.obj, steering, site
            )
        if plot and done.rows:
            draw_figures(what, figures, children)
    _say(done, as_json)
    if not all(row.ok or (allow_skipped and row.skipped) for row in done.rows):
        raise typer.Exit(exits.FAILED)


@contextmanager
def _going_on() -> Iterator[None]:
    """Says how an interrupted run goes on."""
    try:
        yield
    except Interrupted as error:
        raise Interrupted(error.message, remedy=f"`{going_on()}` goes on") from None


def _say(done: Done, as_json: bool) -> None:
    """The rows, what their readers must know, and how it ended."""
    from hilbench.report import tables

    if as_json:
        console.print_json([dict(row) for row in done.rows])
    else:
        console.print_table(*tables.summary(done.rows))
    for note in tables.noted(done.rows):
        console.say(note)
    console.say(f"{_outcome(done.rows)}; rows are in {done.path}")
    if done.left:
        left = counted(len(done.left), "job")
        console.say(f"stopped at a failure, {left} left: `{going_on()}` goes on")
