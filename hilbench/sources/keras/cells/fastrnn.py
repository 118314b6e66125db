"""FastRNN: a SimpleRNN with a weighted residual connection.

c = tanh(W x + U h + b); h' = sigmoid(alpha) c + sigmoid(beta) h, alpha and beta scalars
Kusupati and others, "FastGRNN", arXiv 1901.02358, equation 2.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import Cell, States, Weights


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    (h,) = states
    c = ops.tanh(ops.matmul(x, w["w"]) + ops.matmul(h, w["u"]) + w["b"])
    return [ops.sigmoid(w["alpha"]) * c + ops.sigmoid(w["beta"]) * h]


CELL = Cell(
    name="fastrnn",
    source="arXiv 1901.02358",
    weights=lambda m, n: {"w": (m, n), "u": (n, n), "b": (n,), "alpha": (1,), "beta": (1,)},
    step=_step,
    starts={"alpha": -3.0, "beta": 3.0},
    parameters=lambda m, n: m * n + n * n + n + 2,
    macs=lambda m, n: n * (m + n),
    activations=lambda _m, n: n,
)
