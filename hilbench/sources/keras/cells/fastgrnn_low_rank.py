"""FastGRNN with W and U as products of two matrices each, of a quarter of the units' rank.

W = W1 W2, U = U1 U2 in the equations of fastgrnn.py; ranks r = max(1, n // 4)
Kusupati and others, "FastGRNN", arXiv 1901.02358, section 3.2.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import Cell, States, Weights
from hilbench.sources.keras.cells.fastgrnn import combined


def rank(n: int) -> int:
    return max(1, n // 4)


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    (h,) = states
    a = ops.matmul(ops.matmul(x, w["w1"]), w["w2"]) + ops.matmul(ops.matmul(h, w["u1"]), w["u2"])
    return combined(ops, w, a, h)


CELL = Cell(
    name="fastgrnn_low_rank",
    source="arXiv 1901.02358",
    weights=lambda m, n: {
        "w1": (m, rank(n)), "w2": (rank(n), n), "u1": (n, rank(n)), "u2": (rank(n), n),
        "bz": (n,), "bc": (n,), "zeta": (1,), "nu": (1,),
    },
    step=_step,
    starts={"zeta": 1.0, "nu": -4.0},
    parameters=lambda m, n: rank(n) * (m + 3 * n) + 2 * n + 2,
    macs=lambda m, n: rank(n) * (m + 3 * n),
    activations=lambda _m, n: 2 * n,
)  # fmt: skip
