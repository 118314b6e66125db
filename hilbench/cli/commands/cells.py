"""`hilbench cells`: which recurrent cell for a task and a chip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilbench.cli import console, exits
from hilbench.cli.options import (
    RESULTS,
    Boards,
    Engines,
    Json,
    Labels,
    Levels,
    ResultsDir,
    SampleCount,
    Tflm,
    Uncertainty,
    Variants,
    Workers,
)
from hilbench.core.errors import UsageError
from hilbench.core.settings import Settings
from hilbench.core.text import counted

if TYPE_CHECKING:
    from hilbench.core.owner import Owner
    from hilbench.pipeline.campaign import Done
    from hilbench.pipeline.cells import Wanted
    from hilbench.pipeline.selection import Chosen, Selection
    from hilbench.pipeline.steering import Steering
    from hilbench.record.row import Row


def register(app: typer.Typer) -> None:
    app.command()(cells)


def cells(
    context: typer.Context,
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA",
            help="Sequences and what to tell of each: a name of `hilbench list data`, an .npz of"
            " x (n, steps, features) and y, or file.py:function.",
        ),
    ],
    only: Annotated[
        list[str] | None, typer.Option("--cell", help="Only this cell; repeatable.")
    ] = None,
    parameters: Annotated[
        list[int] | None,
        typer.Option(
            min=16, max=1_000_000, help="Of each cell, about; 2000 by default, repeatable."
        ),
    ] = None,
    cycles: Annotated[
        list[int] | None,
        typer.Option(
            min=1,
            help="Instead of parameters: an invocation takes no more on the board; repeatable.",
        ),
    ] = None,
    epochs: Annotated[int, typer.Option(min=0, help="Of training, for all of them.")] = 40,
    seed: Annotated[
        list[int] | None,
        typer.Option(min=0, help="Of training, 42 by default; repeatable: each cell by each."),
    ] = None,
    recipe: Annotated[
        list[str] | None,
        typer.Option(help="Compresses the weights while training; repeatable, in this order."),
    ] = None,
    stream: Annotated[
        bool, typer.Option("--stream", help="A step at an invocation, the state kept between them.")
    ] = False,
    hard: Annotated[
        bool, typer.Option("--hard", help="With piecewise linear sigmoid, tanh and softsign.")
    ] = False,
    rounded: Annotated[
        bool, typer.Option("--rounded", help="Trained with what int8 leaves of inputs and states.")
    ] = False,
    variants: Variants = None,
    engines: Engines = None,
    boards: Boards = None,
    optimisations: Levels = None,
    labels: Labels = None,
    samples: SampleCount = None,
    uncertainty: Uncertainty = False,
    tflm: Tflm = None,
    results: ResultsDir = RESULTS,
    workers: Workers = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep ok rows that a new run would only repeat.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Train every recurrent cell on a task, on equal terms, and measure each on a board.

    Cells of about equal parameters or cycles, one training recipe, int8 by default; what is
    compared was neither trained on nor calibrated with. Exit codes are those of `hilbench run`.
    """
    from hilbench.pipeline import cells as experiment
    from hilbench.pipeline.selection import Chosen
    from hilbench.pipeline.steering import Steering

    if cycles and parameters:
        raise UsageError("--cycles finds the parameters of each cell: leave --parameters out")
    settings = Settings.read(tflm=tflm)
    training = experiment.trained(epochs, (seed or [42])[0], recipe or ())
    given = {"labels": labels, "samples": samples}
    wanted = experiment.Wanted(
        file=data,
        data={name: value for name, value in given.items() if value is not None},
        cells=only or (),
        parameters=parameters or [2000],
        training=training,
        variants=variants or (),
        seeds=seed or (),
        stream=stream,
        hard=hard,
        rounded=rounded,
        cycles=cycles or (),
    )
    chosen = Chosen(
        engines=engines or (),
        boards=boards or (),
        optimisations=optimisations or (),
        uncertainty=uncertainty,
    )
    how = Steering(workers=workers, resume=resume)
    run = _Run(settings, results, how, context.obj)
    if cycles:
        done, without = _within(run, wanted, chosen)
    else:
        done, without = run(experiment.select(settings, wanted, chosen)), ()
    if as_json:
        console.print_json([dict(row) for row in done.rows])
    else:
        steps = 1 if stream else experiment.task(wanted).steps
        _print(done.rows, steps)
    for line in without:
        console.say(line)
    console.say(f"rows are in {done.path}")
    if not all(row.ok for row in done.rows):
        raise typer.Exit(exits.FAILED)


@dataclass(frozen=True)
class _Run:
    """Runs what is selected, and shows how far it is."""

    settings: Settings
    results: Path
    how: Steering
    owner: Owner

    def __call__(self, selected: Selection) -> Done:
        from hilbench import api
        from hilbench.cli.progress import of_campaign

        line = console.command_line()
        with of_campaign(selected, self.results) as observer:
            return api.execute(
                selected, self.settings, self.results, observer, line, self.owner, self.how
            )


def _within(run: _Run, wanted: Wanted, chosen: Chosen) -> tuple[Done, Sequence[str]]:
    """The largest networks within budgets of cycles, and what is to be said of those without.

    Sizes that were measured before are taken up, whatever was asked of the trained networks.
    """
    from hilbench.pipeline.sizes import Search

    again = replace(run, how=replace(run.how, resume=True))

    def measure(selected: Selection) -> Sequence[Row]:
        console.say(f"measuring {counted(len(selected.jobs), 'size')}, untrained")
        return again(selected).rows

    search = Search(run.settings, wanted, chosen, run.results, measure)
    done = run(search.selected())
    while not search.accepts(done.rows):
        console.say("trained, some take more: smaller ones are trained instead")
        done = again(search.selected())
    return done, search.without()


def _print(rows: Sequence[Row], steps: int) -> None:
    """The cells, which of them are worth their cost, and what readers must know.

    An invocation takes so many `steps` of the task.
    """
    from hilbench.report import cells as report
    from hilbench.report import tables

    console.print_table(*report.table(rows))
    headings, lines = report.survey(rows, steps)
    if lines:
        console.print_table(headings, lines)
    said = report.choices(rows, steps) + report.spreads(rows)
    for line in (*said, *tables.noted(rows)):
        console.say(line)
