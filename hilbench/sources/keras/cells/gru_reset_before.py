"""GRU with the reset before the product: Keras' `reset_after=False`.

z, r = sigmoid(W x + U h + b); c = tanh(Wc x + Uc (r h) + bc); h' = z h + (1 - z) c
Cho and others, arXiv 1406.1078, version 3. The candidate's product waits for r.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import States, Weights, affine, gated


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    (h,) = states
    z, r = (ops.sigmoid(affine(ops, w, gate, x, h)) for gate in "zr")
    return [z * h + (1.0 - z) * ops.tanh(affine(ops, w, "c", x, r * h))]


CELL = gated("zrc", "gru_reset_before", "arXiv 1406.1078, version 3", _step)
