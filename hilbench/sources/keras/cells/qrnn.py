"""QRNN: gates are convolutions over the last two inputs; no product with the state.

g = tanh(Wg x + Vg x0); f, o = sigmoid(W x + V x0), x0 the input before; c' = f c + (1 - f) g
h' = o c'
Bradbury and others, "Quasi-recurrent neural networks", arXiv 1611.01576, kernel of 2, pooling
"fo". Biases are not in the paper's equations and not here.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import Cell, States, Weights


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    _, c, before = states

    def of(gate: str) -> Any:
        return ops.matmul(x, w[f"w{gate}"]) + ops.matmul(before, w[f"v{gate}"])

    f, o = ops.sigmoid(of("f")), ops.sigmoid(of("o"))
    cell = f * c + (1.0 - f) * ops.tanh(of("g"))
    return [o * cell, cell, x]


CELL = Cell(
    name="qrnn",
    source="arXiv 1611.01576",
    weights=lambda m, n: {f"{kind}{gate}": (m, n) for gate in "gfo" for kind in "wv"},
    step=_step,
    parameters=lambda m, n: 6 * m * n,
    macs=lambda m, n: 6 * m * n,
    activations=lambda _m, n: 3 * n,
    states=lambda m, n: (n, n, m),
)
