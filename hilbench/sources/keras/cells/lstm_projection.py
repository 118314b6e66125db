"""LSTM with a recurrent projection to half of its units.

The gates of an LSTM on x and the projected h; h' = P (o tanh(c')), p = max(1, n // 2) wide
Sak, Senior and Beaufays, "Long short-term memory recurrent neural network architectures for
large scale acoustic modeling", Interspeech 2014.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import Cell, Shapes, States, Weights, affine


def width(n: int) -> int:
    return max(1, n // 2)


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    h, c = states

    def of(gate: str) -> Any:
        return affine(ops, w, gate, x, h)

    f, i, o = (ops.sigmoid(of(gate)) for gate in "fio")
    cell = f * c + i * ops.tanh(of("g"))
    return [ops.matmul(o * ops.tanh(cell), w["p"]), cell]


def _weights(m: int, n: int) -> Shapes:
    gates = {k: s for g in "figo" for k, s in ((f"w{g}", (m, n)), (f"u{g}", (width(n), n)))}
    return {**gates, **{f"b{g}": (n,) for g in "figo"}, "p": (n, width(n))}


CELL = Cell(
    name="lstm_projection",
    source="Sak and others, Interspeech 2014",
    weights=_weights,
    step=_step,
    parameters=lambda m, n: 4 * n * (m + width(n)) + n * width(n) + 4 * n,
    macs=lambda m, n: 4 * n * (m + width(n)) + n * width(n),
    activations=lambda _m, n: 5 * n,
    states=lambda _m, n: (width(n), n),
    starts={"bf": 1.0},
)
