"""What closed forms say of the ledger's cells and models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilbench.core.registry import lookup
from hilbench.sources.keras import catalogue
from hilbench.sources.keras.cells.base import Cell
from hilbench.sources.keras.cells.table import CELLS

if TYPE_CHECKING:
    from hilbench.report.ledger import Ours


def of_cell(ours: Ours) -> int:
    """A step of the cell, with a dense layer after it where there are `outputs`."""
    cell: Cell = lookup("cell", str(ours.cell), CELLS)
    units = ours.units
    width = cell.states(ours.inputs, units)[0]
    if ours.count == "macs":
        return cell.macs(ours.inputs, units) + width * ours.outputs
    return cell.parameters(ours.inputs, units) + (width + 1) * ours.outputs


def of_model(ours: Ours) -> int:
    counts = catalogue.find(str(ours.model)).counts()
    return counts.macs if ours.count == "macs" else counts.parameters


COUNTERS = {"cell": of_cell, "model": of_model}
