"""What closed forms say of the ledger's cells and models."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hilbench.core.registry import lookup
from hilbench.sources.keras import catalogue
from hilbench.sources.keras.cells.base import Cell
from hilbench.sources.keras.cells.table import CELLS


def of_cell(name: str, inputs: int, units: int, outputs: int) -> dict[str, int]:
    """A step of the cell, with a dense layer after it where there are `outputs`."""
    cell: Cell = lookup("cell", name, CELLS)
    width = cell.states(inputs, units)[0]
    return {
        "parameters": cell.parameters(inputs, units) + (width + 1) * outputs,
        "macs": cell.macs(inputs, units) + width * outputs,
        "activations": cell.activations(inputs, units),
    }


def of_model(name: str, inputs: int, units: int, outputs: int) -> dict[str, int]:
    """As the row of its family stands, whose sizes are its own."""
    del inputs, units, outputs
    counts = catalogue.find(name).counts()
    return {"parameters": counts.parameters, "macs": counts.macs}


COUNTERS: Mapping[str, Callable[[str, int, int, int], Mapping[str, int]]] = {
    "cell": of_cell,
    "model": of_model,
}
