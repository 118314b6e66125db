"""`hilbench profile`: where the time of one job goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilbench.cli import console
from hilbench.cli.options import AllowLambda, Boards, DataFile, Engines, Json, Tflm, Variants
from hilbench.core.settings import Settings

if TYPE_CHECKING:
    from hilbench.pipeline.profiling import Line, Profile
    from hilbench.pipeline.selection import Chosen, Selection

FOLDER = Path("figures/profile")


def register(app: typer.Typer) -> None:
    app.command()(profile)


def profile(
    context: typer.Context,
    job: Annotated[
        str,
        typer.Argument(help="Its id, model/variant/engine/board, or a network as `run` takes it."),
    ],
    variants: Variants = None,
    engines: Engines = None,
    boards: Boards = None,
    data: DataFile = None,
    allow_lambda: AllowLambda = False,
    experiment: Annotated[
        str, typer.Option(help="Whose training and measurement settings are used.")
    ] = "rnn",
    tflm: Tflm = None,
    folder: Annotated[
        Path, typer.Option("--figures", help="Folder of the figure and the collapsed stacks.")
    ] = FOLDER,
    as_json: Json = False,
) -> None:
    """Count one inference by operator and by function: instructions, modelled cycles, shares.

    Of an emulated board: one job of an experiment, or one of a network of yours.
    """
    from dataclasses import asdict

    from hilbench.cli.progress import display
    from hilbench.pipeline import profiling
    from hilbench.pipeline.selection import Chosen, settings_of_data

    settings = Settings.read(tflm=tflm)
    chosen = Chosen(
        variants=variants or (),
        engines=engines or (),
        boards=boards or (),
        data=settings_of_data(data, None, None),
        allow_lambda=allow_lambda,
    )
    selected = _selected(settings, job, experiment, chosen)
    with display() as observer:
        found = profiling.run_job(selected, settings, context.obj, observer)
    if as_json:
        console.print_json(asdict(found))
    else:
        _print(found)
    _write(found, folder)


def _selected(settings: Settings, job: str, experiment: str, chosen: Chosen) -> Selection:
    """The one job that is asked for. Raises UsageError when there are more."""
    from dataclasses import replace

    from hilbench.core.errors import UsageError
    from hilbench.pipeline.selection import is_network, select

    if not is_network(job):
        parts = job.split("/")
        if len(parts) not in (4, 5):
            raise UsageError(f"'{job}' is no job", remedy="model/variant/engine/board")
        model, variant, engine, board, *level = parts
        one = replace(
            chosen,
            models=[model],
            variants=[variant],
            engines=[engine],
            boards=[board],
            optimisations=level,
        )
        return select(settings, experiment, one)
    selected = select(settings, job, chosen)
    if len(selected.jobs) > 1:
        ids = ", ".join(one.id for one in selected.jobs)
        raise UsageError(f"one job has a profile: {ids}", remedy="choose by --variant or --board")
    return selected


def _print(found: Profile) -> None:
    timed = found.ms is not None
    console.print_text(f"{found.job}: {_total(found)}\n")
    costs = ["instructions", "cycles", "share %"] if timed else ["instructions", "share %"]
    per_mac = f"{costs[-2]} per MAC"
    if found.operators:
        console.print_table(
            ["count", *costs, "MACs", per_mac, "operator"],
            [_operator(line, timed) for line in found.operators],
        )
        console.print_text("")
    console.print_table(
        [*costs, "function"],
        [[*_costs(line, timed), line.name] for line in found.functions if line.share >= 0.001],
    )


def _total(found: Profile) -> str:
    if found.ms is None:
        return f"{found.instructions:,} instructions (counted; the board names no chip)"
    cycles = f"{found.cycles:,} cycles, {found.ms:.3f} ms (modelled: {found.model})"
    return f"{found.instructions:,} instructions, {cycles}"


def _costs(line: Line, timed: bool) -> list[str]:
    cycles = [f"{line.cycles:,}"] if timed else []
    return [f"{line.instructions:,}", *cycles, f"{100 * line.share:.1f}"]


def _operator(line: Line, timed: bool) -> list[str]:
    per_mac = line.cycles_per_mac
    macs = ["-", "-"] if per_mac is None else [f"{line.macs:,}", f"{per_mac:.2f}"]
    return [f"{line.count:,}", *_costs(line, timed), *macs, line.name]


def _write(found: Profile, folder: Path) -> None:
    from hilbench.record.store import write_atomically
    from hilbench.report.profile import draw

    name = found.job.replace("/", ".")
    shares = [(line.name, line.share) for line in found.operators or found.functions]
    whole = f"{found.instructions:,} instructions" if found.ms is None else f"{found.ms:.3f} ms"
    draw(f"{found.job}: {whole}", found.model, shares, folder, name)
    stacks = folder / f"{name}.folded"
    write_atomically(stacks, found.stacks.encode())
    console.say(f"figure and collapsed stacks are in {folder}")
