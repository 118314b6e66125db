"""minGRU: gate and candidate see the input alone; no product with the state.

z = sigmoid(Wz x + bz); c = Wc x + bc; h' = (1 - z) h + z c
Feng and others, "Were RNNs all we needed?", arXiv 2410.01201.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import Cell, States, Weights


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    (h,) = states
    z = ops.sigmoid(ops.matmul(x, w["wz"]) + w["bz"])
    c = ops.matmul(x, w["wc"]) + w["bc"]
    return [(1.0 - z) * h + z * c]


CELL = Cell(
    name="min_gru",
    source="arXiv 2410.01201",
    weights=lambda m, n: {"wz": (m, n), "bz": (n,), "wc": (m, n), "bc": (n,)},
    step=_step,
    parameters=lambda m, n: 2 * (m * n + n),
    macs=lambda m, n: 2 * m * n,
    activations=lambda _m, n: n,
)
