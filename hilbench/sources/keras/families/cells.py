"""A cell of the literature -> Dense at every step, each with about as many parameters.

Their data is random and cannot be learnt: what they cost depends on their shapes, so that they
are measured untrained (epochs: 0). A row's error is that of the conversion.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from hilbench.sources.keras.cells import base
from hilbench.sources.keras.cells.base import Cell
from hilbench.sources.keras.cells.table import CELLS
from hilbench.sources.keras.families import rnn
from hilbench.sources.keras.model import Counts, ModelSpec

FEATURES, STEPS, BUDGET = 16, 20, 4096
"""Inputs and outputs of a step, steps, and parameters of the cell alone."""


@dataclass(frozen=True, kw_only=True)
class CellSpec(ModelSpec):
    """`cell` is a name of cells.table."""

    options: ClassVar[tuple[str, ...]] = ("units", "steps", "features", "batch_size")

    cell: str
    units: int
    steps: int = STEPS
    features: int = FEATURES

    @property
    def input_shape(self) -> tuple[int, ...]:
        return (self.steps, self.features)

    @property
    def output_shape(self) -> tuple[int, ...]:
        return (self.steps, self.features)

    def counts(self) -> Counts:
        """Of the equations: `macs` are the matrix products alone, as `matrix_macs`."""
        cell = CELLS[self.cell]
        out = cell.states(self.units)[0]
        head = out * self.features
        macs = self.steps * (cell.macs(self.features, self.units) + head)
        parameters = cell.parameters(self.features, self.units) + head + self.features
        return Counts(parameters=parameters, macs=macs, matrix_macs=macs)

    def build(self, keras: Any, *, export: bool) -> Any:
        """Unrolled for export, as rnn.RnnSpec is."""
        kind = base.layer_class(keras)
        x = keras.layers.Input(self.input_shape, batch_size=1 if export else None)
        cell = kind(self.cell, self.units)
        h = keras.layers.RNN(cell, return_sequences=True, unroll=export)(x)
        return keras.Model(x, keras.layers.Dense(self.features)(h))


def units_for(cell: Cell, features: int, budget: int) -> int:
    """The units with which the parameters, which grow with them, come closest to `budget`."""
    cost = partial(cell.parameters, features)
    above = max(2, 1 + bisect_left(range(1, budget), budget, key=cost))
    return min((above - 1, above), key=lambda n: abs(cost(n) - budget))


def _shared(name: str) -> dict[str, Any]:
    return {"name": name, "dataset": "randomset_seq", "loss": "mse", "batch_size": 64}


def _of_keras(name: str, cell: rnn.Cell, units: int) -> rnn.RnnSpec:
    """Keras' own cells, in the same frame."""
    sizes: dict[str, Any] = {"steps": STEPS, "inputs": FEATURES, "outputs": FEATURES}
    return rnn.RnnSpec(
        **_shared(name), family="cells", cell=cell, units=units, embedding=None, **sizes
    )


MODELS = (
    *(
        CellSpec(
            **_shared(f"cell_{name}"),
            family="cells",
            cell=name,
            units=units_for(cell, FEATURES, BUDGET),
        )
        for name, cell in CELLS.items()
    ),
    _of_keras("cell_simple_rnn", "SimpleRNN", 56),
    _of_keras("cell_lstm", "LSTM", 25),
    _of_keras("cell_gru", "GRU", 29),
)


def markdown() -> str:
    """The table of docs/cells.md: what each cell costs at the budget of parameters."""
    head = "| cell | source | units | parameters | MACs of a step | states |\n"
    head += "|---|---|---|---|---|---|\n"
    lines = []
    for name, cell in CELLS.items():
        n = units_for(cell, FEATURES, BUDGET)
        sizes = ", ".join(map(str, cell.states(n)))
        counts = f"{cell.parameters(FEATURES, n):,} | {cell.macs(FEATURES, n):,}"
        lines.append(f"| `cell_{name}` | {cell.source} | {n} | {counts} | {sizes} |\n")
    return head + "".join(lines)
