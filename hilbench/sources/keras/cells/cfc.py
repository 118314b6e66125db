"""CfC: closed-form continuous-time network, at even steps.

a = 1.7159 tanh(0.666 (W x + U h + b)), as many as units; p, q = tanh(B a + d)
t = sigmoid(Bt a + dt); h' = (1 - t) p + t q
Hasani and others, "Closed-form continuous-time neural networks", Nature Machine Intelligence 4,
2022, with one backbone layer. Its t = sigmoid(s (Ba a + da) + Bb a + db) is one product
where the time s of a step is always 1.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import Cell, Shapes, States, Weights, affine


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    (h,) = states
    a = 1.7159 * ops.tanh(0.666 * affine(ops, w, "a", x, h))
    p, q, t = (ops.matmul(a, w[f"u{head}"]) + w[f"b{head}"] for head in "pqt")
    t = ops.sigmoid(t)
    return [(1.0 - t) * ops.tanh(p) + t * ops.tanh(q)]


def _weights(m: int, n: int) -> Shapes:
    heads = {f"{kind}{head}": s for head in "pqt" for kind, s in (("u", (n, n)), ("b", (n,)))}
    return {"wa": (m, n), "ua": (n, n), "ba": (n,), **heads}


CELL = Cell(
    name="cfc",
    source="Hasani and others, Nature Machine Intelligence 4, 2022",
    weights=_weights,
    step=_step,
    parameters=lambda m, n: m * n + 4 * n * n + 4 * n,
    macs=lambda m, n: m * n + 4 * n * n,
    activations=lambda _m, n: 4 * n,
)
