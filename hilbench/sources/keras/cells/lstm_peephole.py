"""LSTM whose gates see the cell, unit by unit (diagonal peepholes).

f, i = sigmoid(W x + U h + p c + b); g = tanh(Wg x + Ug h + bg); c' = f c + i g
o = sigmoid(Wo x + Uo h + po c' + bo); h' = o tanh(c')
Gers, Schraudolph and Schmidhuber, "Learning precise timing with LSTM recurrent networks", 2002.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import Cell, Shapes, States, Weights, affine


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    h, c = states

    def of(gate: str) -> Any:
        return affine(ops, w, gate, x, h)

    f, i = ops.sigmoid(of("f") + w["pf"] * c), ops.sigmoid(of("i") + w["pi"] * c)
    cell = f * c + i * ops.tanh(of("g"))
    o = ops.sigmoid(of("o") + w["po"] * cell)
    return [o * ops.tanh(cell), cell]


def _weights(m: int, n: int) -> Shapes:
    gates = {k: s for g in "figo" for k, s in ((f"w{g}", (m, n)), (f"u{g}", (n, n)))}
    return {**gates, **{f"b{g}": (n,) for g in "figo"}, **{f"p{g}": (n,) for g in "fio"}}


CELL = Cell(
    name="lstm_peephole",
    source="Gers and others, JMLR 3, 2002",
    weights=_weights,
    step=_step,
    parameters=lambda m, n: 4 * (m * n + n * n + n) + 3 * n,
    macs=lambda m, n: 4 * n * (m + n),
    activations=lambda _m, n: 5 * n,
    states=lambda _m, n: (n, n),
    starts={"bf": 1.0},
)
