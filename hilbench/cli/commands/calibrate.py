"""`hilbench calibrate`: which assumptions of the cycle model does a board confirm?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilbench.cli import console
from hilbench.cli.options import Json
from hilbench.core.settings import Settings

if TYPE_CHECKING:
    from hilbench.cycles.calibration import Ruled, Settled, Verdict
    from hilbench.pipeline.probes import Calibration

FOLDER = Path("calibration")


def register(app: typer.Typer) -> None:
    app.command()(calibrate)


def calibrate(
    context: typer.Context,
    board: Annotated[str, typer.Option("--board", help="A board that names its chip.")],
    folder: Annotated[
        Path, typer.Option("--out", help="Folder of what was measured, and of the new files.")
    ] = FOLDER,
    plant: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ASSUMPTION=ALTERNATIVE",
            help="Give an emulated board this rule, to see it found; repeatable.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Run micro-kernels on a board and say which rules of the cycle model it confirms."""
    from datetime import UTC, datetime

    from hilbench.cli.progress import display
    from hilbench.pipeline import calibrated, probes

    planted = dict(_pair(text) for text in plant or ())
    with display() as observer:
        found = probes.calibrate(board, Settings.read(), context.obj, observer, planted)
    day = datetime.now(UTC).date().isoformat()
    if as_json:
        console.print_json(calibrated.report(found, day))
    else:
        _print(found)
    paths = calibrated.write(found, folder, day)
    console.say(f"written: {', '.join(str(path) for path in paths)}")


def _pair(text: str) -> tuple[str, str]:
    from hilbench.core.errors import UsageError

    assumption, equals, alternative = text.partition("=")
    if not equals:
        raise UsageError(f"--plant '{text}' is no ASSUMPTION=ALTERNATIVE")
    return assumption, alternative


def _print(found: Calibration) -> None:
    from hilbench.pipeline.probes import MODELLED

    settled, memory = found.settled, found.nominal.memory.describe()
    many = len(settled.measured)
    ends = "told apart" if found.kind == MODELLED else "settled"
    console.print_text(f"{found.board.name}: {many} probes, {found.kind} ({memory})\n")
    console.print_table(
        ["assumption", "board has", ends, "probe", found.kind, "model", "alternatives"],
        [_row(verdict, settled) for verdict in settled.verdicts],
    )
    for name in settled.unexplained:
        said = f"{settled.measured[name]:g} {found.kind}, {settled.modelled[name]:g} by the model"
        console.print_text(f"no alternative explains {name}: {said}")
    if found.kind == MODELLED:
        console.say("an emulated board has the rules of its own model: nothing is settled by it")


def _other(other: Ruled) -> str:
    from hilbench.pipeline.calibrated import described

    said = f"{other.cycles:g} ({other.probe})" if other.probe else "(the same everywhere)"
    return f"{described(other.name)} {said}"


def _row(verdict: Verdict, settled: Settled) -> list[str]:
    """Of the probe that tells most: cycles of one pass."""
    from hilbench.pipeline.calibrated import described

    probes = [other.probe for other in verdict.others if other.probe]
    cycles = [settled.measured, settled.modelled]
    others = ", ".join(_other(o) for o in verdict.others)
    return [
        verdict.assumption.name,
        described(verdict.chosen),
        "yes" if verdict.settled else "no",
        probes[0] if probes else "-",
        *(f"{each[probes[0]]:g}" if probes else "-" for each in cycles),
        others,
    ]
