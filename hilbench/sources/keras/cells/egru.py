"""eGRU: no reset gate, and softsign s(x) = x / (1 + |x|) for all functions.

z = (s(Wz x + Uz h + bz) + 1) / 2; c = s(Wc x + Uc h + bc); h' = (1 - z) h + z c
Amoh and Odame, "An optimized recurrent unit for ultra-low-power keyword spotting",
arXiv 1902.05026, table 1; its weights of 3 bits are a recipe of their own.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import Cell, States, Weights


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    (h,) = states
    z = 0.5 * ops.softsign(ops.matmul(x, w["wz"]) + ops.matmul(h, w["uz"]) + w["bz"]) + 0.5
    c = ops.softsign(ops.matmul(x, w["wc"]) + ops.matmul(h, w["uc"]) + w["bc"])
    return [(1.0 - z) * h + z * c]


CELL = Cell(
    name="egru",
    source="arXiv 1902.05026",
    weights=lambda m, n: {
        "wz": (m, n), "uz": (n, n), "bz": (n,), "wc": (m, n), "uc": (n, n), "bc": (n,)
    },
    step=_step,
    parameters=lambda m, n: 2 * (m * n + n * n + n),
    macs=lambda m, n: 2 * n * (m + n),
)  # fmt: skip
