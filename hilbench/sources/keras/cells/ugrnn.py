"""UGRNN: one gate between the old state and a candidate that sees all of it.

g = sigmoid(Wg x + Ug h + bg + 1); c = tanh(Wc x + Uc h + bc); h' = g h + (1 - g) c
Collins and others, "Capacity and trainability in recurrent neural networks", arXiv 1611.09913.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import States, Weights, affine, gated


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    (h,) = states
    g = ops.sigmoid(ops.matmul(x, w["wg"]) + ops.matmul(h, w["ug"]) + (w["bg"] + 1.0))
    c = ops.tanh(affine(ops, w, "c", x, h))
    return [g * h + (1.0 - g) * c]


CELL = gated("gc", "ugrnn", "arXiv 1611.09913", _step)
