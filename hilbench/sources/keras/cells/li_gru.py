"""Li-GRU: no reset gate, a ReLU for the candidate; its state has no bound.

z = sigmoid(Wz x + Uz h + bz); c = relu(Wc x + Uc h + bc); h' = z h + (1 - z) c
Ravanelli and others, "Light gated recurrent units for speech recognition", arXiv 1803.10225.
The batch normalisation of Wz x and Wc x is folded: W' = gamma W / sqrt(v), b' = beta - gamma mu
/ sqrt(v), so that what runs is these equations.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import Cell, States, Weights


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    (h,) = states
    z = ops.sigmoid(ops.matmul(x, w["wz"]) + ops.matmul(h, w["uz"]) + w["bz"])
    c = ops.relu(ops.matmul(x, w["wc"]) + ops.matmul(h, w["uc"]) + w["bc"])
    return [z * h + (1.0 - z) * c]


CELL = Cell(
    name="li_gru",
    source="arXiv 1803.10225, batch normalisation folded",
    weights=lambda m, n: {
        "wz": (m, n), "uz": (n, n), "bz": (n,), "wc": (m, n), "uc": (n, n), "bc": (n,)
    },
    step=_step,
    parameters=lambda m, n: 2 * (m * n + n * n + n),
    macs=lambda m, n: 2 * n * (m + n),
)  # fmt: skip
