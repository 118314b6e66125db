"""SiTGRU: a GRU without reset gate, with a sigmoid for the candidate.

z = sigmoid(Wz x + Uz h + bz); c = sigmoid(Wc x + Uc h + bc); h' = z h + (1 - z) c
Fanta and others, arXiv 2003.13528: of the paper the abstract alone could be had, the equations
are derived from it; which side z weighs is GRU's.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import States, Weights, affine, gated


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    (h,) = states
    z = ops.sigmoid(affine(ops, w, "z", x, h))
    c = ops.sigmoid(affine(ops, w, "c", x, h))
    return [z * h + (1.0 - z) * c]


CELL = gated("zc", "sitgru", "arXiv 2003.13528, equations as derived", _step)
