"""SiTGRU: a GRU without reset gate, with a sigmoid for the candidate.

z = sigmoid(Wz x + Uz h + bz); c = sigmoid(Wc x + Uc h + bc); h' = z h + (1 - z) c
Fanta and others, arXiv 2003.13528: of the paper the abstract alone could be had, the equations
are derived from it; which side z weighs is GRU's.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import Cell, States, Weights


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    (h,) = states
    z = ops.sigmoid(ops.matmul(x, w["wz"]) + ops.matmul(h, w["uz"]) + w["bz"])
    c = ops.sigmoid(ops.matmul(x, w["wc"]) + ops.matmul(h, w["uc"]) + w["bc"])
    return [z * h + (1.0 - z) * c]


CELL = Cell(
    name="sitgru",
    source="arXiv 2003.13528, equations as derived",
    weights=lambda m, n: {
        "wz": (m, n), "uz": (n, n), "bz": (n,), "wc": (m, n), "uc": (n, n), "bc": (n,)
    },
    step=_step,
    parameters=lambda m, n: 2 * (m * n + n * n + n),
    macs=lambda m, n: 2 * n * (m + n),
)  # fmt: skip
