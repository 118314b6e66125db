"""FastGRNN: gate and candidate share one matrix of the input and one of the state.

a = W x + U h; z = sigmoid(a + bz); c = tanh(a + bc)
h' = (sigmoid(zeta) (1 - z) + sigmoid(nu)) c + z h, zeta and nu scalars; the state has no bound
Kusupati and others, "FastGRNN", arXiv 1901.02358, equations 6 and 7.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import Cell, States, Weights


def combined(ops: Any, w: Weights, a: Any, h: Any) -> list[Any]:
    """The new state, of the sum `a` of products (batch, n)."""
    z, c = ops.sigmoid(a + w["bz"]), ops.tanh(a + w["bc"])
    return [(ops.sigmoid(w["zeta"]) * (1.0 - z) + ops.sigmoid(w["nu"])) * c + z * h]


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    (h,) = states
    return combined(ops, w, ops.matmul(x, w["w"]) + ops.matmul(h, w["u"]), h)


CELL = Cell(
    name="fastgrnn",
    source="arXiv 1901.02358",
    weights=lambda m, n: {
        "w": (m, n), "u": (n, n), "bz": (n,), "bc": (n,), "zeta": (1,), "nu": (1,)
    },
    step=_step,
    starts={"zeta": 1.0, "nu": -4.0},
    parameters=lambda m, n: m * n + n * n + 2 * n + 2,
    macs=lambda m, n: n * (m + n),
    activations=lambda _m, n: 2 * n,
)  # fmt: skip
