"""Tiny Eats GRU: a GRU whose functions are softsigns s(x) = x / (1 + |x|), moved for the gates.

z, r = (s(W x + U h + b) + 1) / 2; c = s(Wc x + Uc (r h) + bc); h' = (1 - z) h + z c
Nyamukuru and Odame, "Tiny Eats", arXiv 2003.06699: of the paper the abstract alone could be
had, the equations are derived from it.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import States, Weights, affine, gated


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    (h,) = states
    z = 0.5 * ops.softsign(affine(ops, w, "z", x, h)) + 0.5
    r = 0.5 * ops.softsign(affine(ops, w, "r", x, h)) + 0.5
    c = ops.softsign(affine(ops, w, "c", x, r * h))
    return [(1.0 - z) * h + z * c]


CELL = gated("zrc", "tiny_eats_gru", "arXiv 2003.06699, equations as derived", _step)
