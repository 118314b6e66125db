"""LSTM: a cell that gates write, forget and read.

f, i, o = sigmoid(W x + U h + b); g = tanh(Wg x + Ug h + bg); c' = f c + i g; h' = o tanh(c')
Hochreiter and Schmidhuber, 1997, with the forget gate of Gers and others, 2000. Keras' own layer
is what is trained.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import States, Weights, affine, gated


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    h, c = states
    f, i, o = (ops.sigmoid(affine(ops, w, gate, x, h)) for gate in "fio")
    cell = f * c + i * ops.tanh(affine(ops, w, "g", x, h))
    return [o * ops.tanh(cell), cell]


CELL = gated(
    "figo",
    "lstm",
    "Gers and others, Neural Computation 12, 2000",
    _step,
    keras="LSTM",
    states=2,
    after=1,
)
