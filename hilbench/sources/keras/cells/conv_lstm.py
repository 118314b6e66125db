"""ConvLSTM over a map of one dimension: every product of an LSTM is a convolution.

f, i, o = sigmoid(W * x + U * h + b); g = tanh(Wg * x + Ug * h + bg); c' = f c + i g
h' = o tanh(c'), the m inputs one map of m places, a state n maps, kernels of 3 places
Shi and others, "Convolutional LSTM network", arXiv 1506.04214, without its peepholes.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import Cell, Shapes, States, Weights

KERNEL = 3


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    n = int(w["bf"].shape[0])
    seen, (h, c) = ops.maps(x, 1), (ops.maps(state, n) for state in states)

    def of(gate: str) -> Any:
        return ops.convolve(seen, w[f"w{gate}"]) + ops.convolve(h, w[f"u{gate}"]) + w[f"b{gate}"]

    f, i, o = (ops.sigmoid(of(gate)) for gate in "fio")
    cell = f * c + i * ops.tanh(of("g"))
    return [ops.flat(o * ops.tanh(cell)), ops.flat(cell)]


def _weights(m: int, n: int) -> Shapes:
    del m
    shapes = {"w": (KERNEL, 1, n), "u": (KERNEL, n, n), "b": (n,)}
    return {f"{kind}{gate}": shape for gate in "figo" for kind, shape in shapes.items()}


CELL = Cell(
    name="conv_lstm",
    source="arXiv 1506.04214, maps of one dimension",
    weights=_weights,
    step=_step,
    parameters=lambda _m, n: 4 * (KERNEL * n + KERNEL * n * n + n),
    macs=lambda m, n: 4 * m * (KERNEL * n + KERNEL * n * n),
    activations=lambda m, n: 5 * m * n,
    states=lambda m, n: (m * n, m * n),
    starts={"bf": 1.0},
)
