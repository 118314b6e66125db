"""MGU: one gate forgets and weighs the state that the candidate sees.

f = sigmoid(Wf x + Uf h + bf); c = tanh(Wc x + Uc (f h) + bc); h' = (1 - f) h + f c
Zhou and others, "Minimal gated unit for recurrent neural networks", arXiv 1603.09420.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import Cell, States, Weights


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    (h,) = states
    f = ops.sigmoid(ops.matmul(x, w["wf"]) + ops.matmul(h, w["uf"]) + w["bf"])
    c = ops.tanh(ops.matmul(x, w["wc"]) + ops.matmul(f * h, w["uc"]) + w["bc"])
    return [(1.0 - f) * h + f * c]


CELL = Cell(
    name="mgu",
    source="arXiv 1603.09420",
    weights=lambda m, n: {
        "wf": (m, n), "uf": (n, n), "bf": (n,), "wc": (m, n), "uc": (n, n), "bc": (n,)
    },
    step=_step,
    parameters=lambda m, n: 2 * (m * n + n * n + n),
    macs=lambda m, n: 2 * n * (m + n),
)  # fmt: skip
