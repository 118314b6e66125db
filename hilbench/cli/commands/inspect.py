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
    """List the operators of a .tflite file with their MACs, its inputs and outputs."""
    from dataclasses import asdict

    from hilbench.tflite.opinfo import summary
    from hilbench.tflite.reader import read

    graph = read(file)
    rows = summary(graph)
    if as_json:
        console.print_json([asdict(row) for row in rows])
        return
    console.print_table(
        ["operator", "count", "MACs"],
        [[row.operator, f"{row.count:,}", f"{row.macs:,}"] for row in rows],
    )
    for what, indices in (("input", graph.inputs), ("output", graph.outputs)):
        for index in indices:
            console.print_text(f"{what}: {graph.tensors[index].label}")
