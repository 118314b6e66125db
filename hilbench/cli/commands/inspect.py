"""`hilbench inspect`: what is inside a .tflite file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilbench.cli import console
from hilbench.cli.options import Json, Tflm
from hilbench.core.settings import Settings

if TYPE_CHECKING:
    from hilbench.pipeline.lacks import Lacks


def register(app: typer.Typer) -> None:
    app.command()(inspect)


def inspect(
    file: Annotated[Path, typer.Argument(help="A .tflite file.")],
    board: Annotated[
        str | None, typer.Option("--board", help="For which the engines are asked.")
    ] = None,
    tflm: Tflm = None,
    as_json: Json = False,
) -> None:
    """List the operators of a .tflite file with their MACs, its memory, and what engines lack."""
    from dataclasses import asdict

    from hilbench.config.adhoc import BOARDS
    from hilbench.config.board import load_board
    from hilbench.pipeline import lacks
    from hilbench.tflite import opinfo
    from hilbench.tflite.memory import memory
    from hilbench.tflite.reader import read

    graph = read(file)
    rows = opinfo.summary(graph)
    totals = {
        "macs": opinfo.matrix_macs(graph),
        "parameters": opinfo.parameters(graph),
        **{f"{name}_bytes": size for name, size in asdict(memory(graph)).items()},
    }
    tensors = [
        (which, graph.tensors[index])
        for which, indices in (("input", graph.inputs), ("output", graph.outputs))
        for index in indices
    ]
    engines = lacks.of_engines(file, load_board(board or BOARDS[0]), Settings.read(tflm=tflm))
    if as_json:
        operators = [asdict(row) for row in rows]
        told = {name: asdict(lack) for name, lack in engines.items()}
        console.print_json({"operators": operators, **totals, "engines": told})
        return
    console.print_table(
        ["operator", "count", "MACs"],
        [[row.operator, f"{row.count:,}", _number(row.macs)] for row in rows],
    )
    for name, value in totals.items():
        console.print_text(f"{name.replace('_', ' ')}: {_number(value)}")
    for which, tensor in tensors:
        console.print_text(f"{which}: {tensor.label}")
    _print_engines(engines)


def _print_engines(engines: Mapping[str, Lacks]) -> None:
    """A line for an engine that runs the network, one for each thing that another lacks."""
    for name, lack in engines.items():
        for line in lack.problems or ("has all that the network needs",):
            status = "" if lack.status == "ok" else f" {lack.status}:"
            console.print_text(f"engine {name}:{status} {line}")


def _number(value: int | None) -> str:
    return "depends on data" if value is None else f"{value:,}"
