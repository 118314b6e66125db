"""Tiny Eats GRU: a GRU whose functions are softsigns s(x) = x / (1 + |x|), moved for the gates.

z, r = (s(W x + U h + b) + 1) / 2; c = s(Wc x + Uc (r h) + bc); h' = (1 - z) h + z c
Nyamukuru and Odame, "Tiny Eats", arXiv 2003.06699: of the paper the abstract alone could be
had, the equations are derived from it.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import Cell, States, Weights


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    (h,) = states
    z = 0.5 * ops.softsign(ops.matmul(x, w["wz"]) + ops.matmul(h, w["uz"]) + w["bz"]) + 0.5
    r = 0.5 * ops.softsign(ops.matmul(x, w["wr"]) + ops.matmul(h, w["ur"]) + w["br"]) + 0.5
    c = ops.softsign(ops.matmul(x, w["wc"]) + ops.matmul(r * h, w["uc"]) + w["bc"])
    return [(1.0 - z) * h + z * c]


CELL = Cell(
    name="tiny_eats_gru",
    source="arXiv 2003.06699, equations as derived",
    weights=lambda m, n: {
        "wz": (m, n), "uz": (n, n), "bz": (n,), "wr": (m, n), "ur": (n, n), "br": (n,),
        "wc": (m, n), "uc": (n, n), "bc": (n,),
    },
    step=_step,
    parameters=lambda m, n: 3 * (m * n + n * n + n),
    macs=lambda m, n: 3 * n * (m + n),
)  # fmt: skip
