"""eGRU: no reset gate, and softsign s(x) = x / (1 + |x|) for all functions.

z = (s(Wz x + Uz h + bz) + 1) / 2; c = s(Wc x + Uc h + bc); h' = (1 - z) h + z c
Amoh and Odame, "An optimized recurrent unit for ultra-low-power keyword spotting",
arXiv 1902.05026, table 1; its weights of 3 bits are a recipe of their own.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import States, Weights, affine, gated


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    (h,) = states
    z = 0.5 * ops.softsign(affine(ops, w, "z", x, h)) + 0.5
    c = ops.softsign(affine(ops, w, "c", x, h))
    return [(1.0 - z) * h + z * c]


CELL = gated("zc", "egru", "arXiv 1902.05026", _step)
