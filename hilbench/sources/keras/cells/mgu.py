"""MGU: one gate forgets and weighs the state that the candidate sees.

f = sigmoid(Wf x + Uf h + bf); c = tanh(Wc x + Uc (f h) + bc); h' = (1 - f) h + f c
Zhou and others, "Minimal gated unit for recurrent neural networks", arXiv 1603.09420.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import States, Weights, affine, gated


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    (h,) = states
    f = ops.sigmoid(affine(ops, w, "f", x, h))
    c = ops.tanh(affine(ops, w, "c", x, f * h))
    return [(1.0 - f) * h + f * c]


CELL = gated("fc", "mgu", "arXiv 1603.09420", _step)
