"""GRU with the reset after the product (Keras' and cuDNN's), with two biases.

z, r = sigmoid(W x + b + U h + d); c = tanh(Wc x + bc + r (Uc h + dc)); h' = z h + (1 - z) c
Cho and others, arXiv 1406.1078, version 1. Keras' own layer is what is trained.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import Cell, Shapes, States, Weights


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    (h,) = states

    def of(gate: str) -> tuple[Any, Any]:
        given = ops.matmul(x, w[f"w{gate}"]) + w[f"b{gate}"]
        return given, ops.matmul(h, w[f"u{gate}"]) + w[f"d{gate}"]

    z, r = (ops.sigmoid(sum(of(gate))) for gate in "zr")
    given, own = of("c")
    return [z * h + (1.0 - z) * ops.tanh(given + r * own)]


def _weights(m: int, n: int) -> Shapes:
    shapes = {"w": (m, n), "u": (n, n), "b": (n,), "d": (n,)}
    return {f"{kind}{gate}": shape for gate in "zrc" for kind, shape in shapes.items()}


CELL = Cell(
    name="gru",
    source="arXiv 1406.1078, version 1",
    weights=_weights,
    step=_step,
    parameters=lambda m, n: 3 * (m * n + n * n + 2 * n),
    macs=lambda m, n: 3 * n * (m + n),
    activations=lambda _m, n: 3 * n,
    keras="GRU",
)
