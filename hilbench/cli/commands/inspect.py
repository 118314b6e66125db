"""`hilbench inspect`: what is inside a network, as a .tflite file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilbench.cli import console
from hilbench.cli.options import AllowLambda, DataFile, Json, Tflm
from hilbench.core.settings import Settings

if TYPE_CHECKING:
    from hilbench.pipeline.lacks import Lacks


def register(app: typer.Typer) -> None:
    app.command()(inspect)


def inspect(
    context: typer.Context,
    network: Annotated[
        str,
        typer.Argument(
            help="A .tflite, .keras or .h5 file, a SavedModel folder, file.py:function, or a model."
        ),
    ],
    variant: Annotated[
        str | None, typer.Option("--variant", help="As which it is converted; basic unless given.")
    ] = None,
    data: DataFile = None,
    allow_lambda: AllowLambda = False,
    board: Annotated[
        str | None, typer.Option("--board", help="For which the engines are asked.")
    ] = None,
    tflm: Tflm = None,
    as_json: Json = False,
) -> None:
    """List the operators of a network with their MACs, its memory, and what engines lack."""
    from dataclasses import asdict

    from hilbench.config.adhoc import BOARDS
    from hilbench.config.board import load_board
    from hilbench.core.errors import UsageError
    from hilbench.pipeline import lacks
    from hilbench.pipeline.reference import FLOAT
    from hilbench.tflite import opinfo
    from hilbench.tflite.memory import memory
    from hilbench.tflite.reader import read

    settings = Settings.read(tflm=tflm)
    file = Path(network)
    if file.suffix != ".tflite":
        file = _converted(context, settings, network, variant or FLOAT, data, allow_lambda)
    elif variant:
        raise UsageError(f"{network}: is as it is, and not converted to '{variant}'")
    graph = read(file)
    rows = opinfo.summary(graph)
    totals = {
        "macs": opinfo.matrix_macs(graph),
        "parameters": opinfo.parameters(graph),
        **{f"{name}_bytes": size for name, size in asdict(memory(graph)).items()},
    }
    engines = lacks.of_engines(file, load_board(board or BOARDS[0]), settings)
    if as_json:
        operators = [asdict(row) for row in rows]
        lacking = {name: asdict(lack) for name, lack in engines.items()}
        console.print_json({"operators": operators, **totals, "engines": lacking})
        return
    console.print_table(
        ["operator", "count", "MACs"],
        [[row.operator, f"{row.count:,}", _number(row.macs)] for row in rows],
    )
    for name, value in totals.items():
        console.print_text(f"{name.replace('_', ' ')}: {_number(value)}")
    for which, indices in (("input", graph.inputs), ("output", graph.outputs)):
        for index in indices:
            console.print_text(f"{which}: {graph.tensors[index].label}")
    _print_engines(engines)


def _converted(
    context: typer.Context,
    settings: Settings,
    network: str,
    variant: str,
    data: str | None,
    allow_lambda: bool,
) -> Path:
    """The file that a run of the network as `variant` would measure."""
    from hilbench.cli.progress import display
    from hilbench.pipeline import inspection
    from hilbench.pipeline.selection import Chosen, settings_of_data

    chosen = Chosen(
        variants=[variant], data=settings_of_data(data, None, None), allow_lambda=allow_lambda
    )
    with display() as observer:
        found = inspection.file_of(settings, network, chosen, context.obj, observer)
    for note in found.notes:
        console.say(f"note: {note}")
    return found.tflite


def _print_engines(engines: Mapping[str, Lacks]) -> None:
    """A line for an engine that runs the network, one for each thing that another lacks."""
    for name, lack in engines.items():
        for line in lack.problems or ("has all that the network needs",):
            status = "" if lack.status == "ok" else f" {lack.status}:"
            console.print_text(f"engine {name}:{status} {line}")


def _number(value: int | None) -> str:
    return "depends on data" if value is None else f"{value:,}"
