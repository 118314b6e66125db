"""UGRNN: one gate between the old state and a candidate that sees all of it.

g = sigmoid(Wg x + Ug h + bg + 1); c = tanh(Wc x + Uc h + bc); h' = g h + (1 - g) c
Collins and others, "Capacity and trainability in recurrent neural networks", arXiv 1611.09913.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import Cell, States, Weights


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    (h,) = states
    g = ops.sigmoid(ops.matmul(x, w["wg"]) + ops.matmul(h, w["ug"]) + (w["bg"] + 1.0))
    c = ops.tanh(ops.matmul(x, w["wc"]) + ops.matmul(h, w["uc"]) + w["bc"])
    return [g * h + (1.0 - g) * c]


CELL = Cell(
    name="ugrnn",
    source="arXiv 1611.09913",
    weights=lambda m, n: {
        "wg": (m, n), "ug": (n, n), "bg": (n,), "wc": (m, n), "uc": (n, n), "bc": (n,)
    },
    step=_step,
    parameters=lambda m, n: 2 * (m * n + n * n + n),
    macs=lambda m, n: 2 * n * (m + n),
)  # fmt: skip
