"""Li-GRU: no reset gate, a ReLU for the candidate; its state has no bound.

z = sigmoid(Wz x + Uz h + bz); c = relu(Wc x + Uc h + bc); h' = z h + (1 - z) c
Ravanelli and others, "Light gated recurrent units for speech recognition", arXiv 1803.10225.
Wz x and Wc x are batch-normalised in training (normalised.py), and what runs is these equations.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hilbench.sources.keras.cells.base import States, Weights, affine, gated


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    (h,) = states
    z = ops.sigmoid(affine(ops, w, "z", x, h))
    c = ops.relu(affine(ops, w, "c", x, h))
    return [z * h + (1.0 - z) * c]


CELL = replace(
    gated("zc", "li_gru", "arXiv 1803.10225, batch normalisation folded", _step), normalised="zc"
)
