"""`hilbench inspect`: what is inside a .tflite file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hilbench.cli import console
from hilbench.cli.options import Json


def register(app: typer.Typer) -> None:
    app.command()(inspect)


def inspect(
    file: Annotated[Path, typer.Argument(help="A .tflite file.")], as_json: Json = False
) -> None:
    """List the operators of a .tflite file with their MACs, its inputs, outputs and memory."""
    from dataclasses import asdict

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
    if as_json:
        operators = [asdict(row) for row in rows]
        console.print_json({"operators": operators, **totals})
        return
    console.print_table(
        ["operator", "count", "MACs"],
        [[row.operator, f"{row.count:,}", _number(row.macs)] for row in rows],
    )
    for name, value in totals.items():
        console.print_text(f"{name.replace('_', ' ')}: {_number(value)}")
    for which, tensor in tensors:
        console.print_text(f"{which}: {tensor.label}")


def _number(value: int | None) -> str:
    return "depends on data" if value is None else f"{value:,}"
