"""Cells of the literature, one or several layers of them, in one frame.

As the rows stand: cell -> Dense at every step, each with about as many parameters, on random data
that cannot be learnt: what they cost depends on their shapes, so that they are measured untrained
(epochs: 0), and a row's error is that of the conversion.

With the option `classes` or `values` a network is trained on samples of the user's (data.file):
cells -> Dense after the last step.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from hilbench.sources.keras.cells import normalised
from hilbench.sources.keras.cells.base import Cell
from hilbench.sources.keras.cells.layer import recurrent
from hilbench.sources.keras.cells.table import CELLS
from hilbench.sources.keras.model import Counts, ModelSpec

Floats = NDArray[np.float32]

FEATURES, STEPS, BUDGET = 16, 20, 4096
"""Inputs and outputs of a step, steps, and parameters of the cell alone."""
PREFIX = "cell_"


@dataclass(frozen=True, kw_only=True)
class CellSpec(ModelSpec):
    """`cell` is a name of cells.table; `layers` of it are stacked, each of `units`.

    With 2 `directions` every layer has a second one that reads the steps backwards. `classes`
    or `values` are the outputs after the last step; with neither there is an output of
    `features` at each step. With `stream` 1 an invocation is one step, and the state is kept. With
    `hard` 1 sigmoid, tanh and softsign are piecewise linear. Steps of which no input has moved by
    more than `delta` thousandths are skipped. With `rounded` 1 it is trained with what int8 leaves
    of inputs and states.
    """

    options: ClassVar[tuple[str, ...]] = (
        *("units", "layers", "directions", "steps", "features", "classes", "values", "stream"),
        *("hard", "delta", "rounded", "batch_size"),
    )

    cell: str
    units: int
    layers: int = 1
    directions: int = 1
    steps: int = STEPS
    features: int = FEATURES
    classes: int = 0
    values: int = 0
    stream: int = 0
    hard: int = 0
    delta: int = 0
    rounded: int = 0

    def __post_init__(self) -> None:
        """Outputs that mean something are learnt from samples of the user's."""
        if self.classes or self.values:
            loss = "sparse_categorical_crossentropy" if self.classes else "mse"
            object.__setattr__(self, "dataset", "own")
            object.__setattr__(self, "loss", loss)

    def refusal(self) -> str | None:
        if self.directions > 2:
            return "directions are 1 or 2"
        if self.stream and self.directions == 2:
            return "a stream has no steps to come: directions must be 1"
        if self.delta and (self.layers > 1 or CELLS[self.cell].normalised):
            return (
                "delta compares inputs of the network: one layer, of a cell without normalisation"
            )
        if self.classes and self.values:
            return "classes and values are two tasks: give one"
        return None

    @property
    def each_step(self) -> bool:
        """Whether every step has an output."""
        return not (self.classes or self.values)

    @property
    def outputs(self) -> int:
        return self.classes or self.values or self.features

    @property
    def input_shape(self) -> tuple[int, ...]:
        return (self.steps, self.features)

    @property
    def invocation_shape(self) -> tuple[int, ...]:
        return (1, self.features) if self.stream else self.input_shape

    @property
    def output_shape(self) -> tuple[int, ...]:
        return (self.invocation_shape[0], self.outputs) if self.each_step else (self.outputs,)

    def _widths(self) -> Iterator[int]:
        """Inputs of each layer, and of the Dense layer after them."""
        cell, width = CELLS[self.cell], self.features
        yield width
        for _ in range(self.layers):
            width = self.directions * cell.states(width, self.units)[0]
            yield width

    def counts(self) -> Counts:
        """Of the equations: `macs` are the matrix products alone, as `matrix_macs`."""
        cell, steps = CELLS[self.cell], self.invocation_shape[0]
        *inputs, last = self._widths()
        head = last * self.outputs
        each = sum(cell.macs(width, self.units) for width in inputs)
        macs = steps * self.directions * each + head * (steps if self.each_step else 1)
        weights = sum(cell.parameters(width, self.units) for width in inputs)
        parameters = self.directions * weights + head + self.outputs
        return Counts(parameters=parameters, macs=macs, matrix_macs=macs)

    @property
    def least_move(self) -> float:
        return self.delta / 1000

    @property
    def normalises(self) -> bool:
        """Whether it is trained with batch normalisation: in one direction alone."""
        return bool(CELLS[self.cell].normalised) and self.directions == 1

    def begin(self, trained: Any, exported: Any) -> None:
        """With normalisation layers the trained one begins with weights of its own."""
        if not self.normalises:
            super().begin(trained, exported)

    def hand_over(self, trained: Any, exported: Any) -> None:
        if not self.normalises:
            super().hand_over(trained, exported)
            return
        cell, weights = CELLS[self.cell], trained.get_weights()
        each = 5 + len(cell.normalised)
        *stacked, head = [weights[k * each : (k + 1) * each] for k in range(self.layers + 1)]
        exported.set_weights([w for own in stacked for w in normalised.folded(cell, own)] + head)

    def build(self, keras: Any, *, export: bool) -> Any:
        """Unrolled for export, as rnn.RnnSpec is."""
        kept = export and bool(self.stream)
        shape = self.invocation_shape if kept else self.input_shape
        x = h = keras.layers.Input(shape, batch_size=1 if export else None)
        *inputs, _ = self._widths()
        for number, width in enumerate(inputs, 1):
            sequences = self.each_step or number < self.layers
            options = {"return_sequences": sequences, "unroll": export, "stateful": kept}
            kind: dict[str, Any] = {"both": self.directions == 2, "hard": bool(self.hard)}
            kind |= {"delta": self.least_move, "rounded": bool(self.rounded) and not export}
            cell, seen = self.cell, width
            if self.normalises and not export:
                wide, normal = normalised.layers(keras, CELLS[cell], self.units)
                h, cell, seen = normal(wide(h)), f"{cell}_normalised", wide.units
            h = recurrent(keras, cell, self.units, seen, **kind, **options)(h)
        activation = "softmax" if self.classes else None
        return keras.Model(x, keras.layers.Dense(self.outputs, activation=activation)(h))


def units_for(cell: Cell, features: int, budget: int) -> int:
    """The units with which the parameters, which grow with them, come closest to `budget`."""

    def cost(n: int) -> int:
        return cell.parameters(features, n)

    above = max(2, 1 + bisect_left(range(1, budget), budget, key=cost))
    return min((above - 1, above), key=lambda n: abs(cost(n) - budget))


MODELS = tuple(
    CellSpec(
        name=f"{PREFIX}{name}",
        family="cells",
        dataset="randomset_seq",
        loss="mse",
        batch_size=64,
        cell=name,
        units=units_for(cell, FEATURES, BUDGET),
    )
    for name, cell in CELLS.items()
)


def markdown() -> str:
    """The table of docs/cells.md: what each cell costs at the budget of parameters."""
    head = "| cell | source | units | parameters | MACs of a step | activations | states |\n"
    head += "|---|---|---|---|---|---|---|\n"
    lines = []
    for name, cell in CELLS.items():
        n = units_for(cell, FEATURES, BUDGET)
        sizes = ", ".join(map(str, cell.states(FEATURES, n)))
        forms = (cell.parameters, cell.macs, cell.activations)
        counts = " | ".join(f"{form(FEATURES, n):,}" for form in forms)
        lines.append(f"| `{PREFIX}{name}` | {cell.source} | {n} | {counts} | {sizes} |\n")
    return head + "".join(lines)
