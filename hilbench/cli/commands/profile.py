"""`hilbench profile`: where the time of one job goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilbench.cli import console
from hilbench.cli.options import Json, Tflm
from hilbench.core.settings import Settings

if TYPE_CHECKING:
    from hilbench.pipeline.profiling import Line, Profile

FOLDER = Path("figures/profile")


def register(app: typer.Typer) -> None:
    app.command()(profile)


def profile(
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="Its id: model/variant/engine/board, emulated.")],
    experiment: Annotated[
        str, typer.Option(help="Whose training and measurement settings are used.")
    ] = "rnn",
    tflm: Tflm = None,
    folder: Annotated[
        Path, typer.Option("--figures", help="Folder of the figure and the collapsed stacks.")
    ] = FOLDER,
    as_json: Json = False,
) -> None:
    """Count one inference by operator and by function: instructions, modelled cycles, shares."""
    from dataclasses import asdict

    from hilbench.cli.progress import display
    from hilbench.core.errors import UsageError
    from hilbench.pipeline import profiling
    from hilbench.pipeline.selection import Chosen, select

    parts = job.split("/")
    if len(parts) not in (4, 5):
        raise UsageError(f"'{job}' is no job", remedy="model/variant/engine/board")
    settings = Settings.read(tflm=tflm)
    model, variant, engine, board, *level = ([part] for part in parts)
    chosen = Chosen(
        models=model,
        variants=variant,
        engines=engine,
        boards=board,
        optimisations=level[0] if level else (),
    )
    selected = select(settings, experiment, chosen)
    with display(1) as observer:
        found = profiling.run_job(selected, settings, context.obj, observer)
    if as_json:
        console.print_json(asdict(found))
    else:
        _print(found)
    _write(found, folder)


def _print(found: Profile) -> None:
    console.print_text(
        f"{found.job}: {found.instructions:,} instructions, {found.cycles:,} cycles, "
        f"{found.ms:.3f} ms (modelled: {found.model})\n"
    )
    if found.operators:
        console.print_table(
            ["count", "instructions", "cycles", "share %", "MACs", "cycles per MAC", "operator"],
            [_operator(line) for line in found.operators],
        )
        console.print_text("")
    console.print_table(
        ["instructions", "cycles", "share %", "function"],
        [_function(line) for line in found.functions if line.share >= 0.001],
    )


def _function(line: Line) -> list[str]:
    return [f"{line.instructions:,}", f"{line.cycles:,}", f"{100 * line.share:.1f}", line.name]


def _operator(line: Line) -> list[str]:
    per_mac = line.cycles_per_mac
    macs = ["-", "-"] if per_mac is None else [f"{line.macs:,}", f"{per_mac:.2f}"]
    return [f"{line.count:,}", *_function(line)[:3], *macs, line.name]


def _write(found: Profile, folder: Path) -> None:
    from hilbench.record.store import write_atomically
    from hilbench.report.profile import draw

    name = found.job.replace("/", ".")
    shares = [(line.name, line.share) for line in found.operators or found.functions]
    title = f"{found.job}: {found.ms:.3f} ms"
    draw(title, found.model, shares, folder, name)
    stacks = folder / f"{name}.folded"
    write_atomically(stacks, found.stacks.encode())
    console.say(f"figure and collapsed stacks are in {folder}")
