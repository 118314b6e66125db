"""LSTM whose gates see all of the cell by matrices (full peepholes).

f, i = sigmoid(W x + U h + P c + b); g = tanh(Wg x + Ug h + bg); c' = f c + i g
o = sigmoid(Wo x + Uo h + Po c' + bo); h' = o tanh(c')
Rezk and others, "Recurrent neural networks: an embedded computing perspective", IEEE Access 8,
2020, equations 7 to 9.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import Cell, Shapes, States, Weights, affine


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    h, c = states

    def of(gate: str, seen: Any) -> Any:
        return ops.sigmoid(affine(ops, w, gate, x, h) + ops.matmul(seen, w[f"p{gate}"]))

    cell = of("f", c) * c + of("i", c) * ops.tanh(affine(ops, w, "g", x, h))
    return [of("o", cell) * ops.tanh(cell), cell]


def _weights(m: int, n: int) -> Shapes:
    gates = {k: s for g in "figo" for k, s in ((f"w{g}", (m, n)), (f"u{g}", (n, n)))}
    return {**gates, **{f"b{g}": (n,) for g in "figo"}, **{f"p{g}": (n, n) for g in "fio"}}


CELL = Cell(
    name="lstm_peephole_full",
    source="Rezk and others, IEEE Access 8, 2020",
    weights=_weights,
    step=_step,
    parameters=lambda m, n: 4 * m * n + 7 * n * n + 4 * n,
    macs=lambda m, n: 4 * m * n + 7 * n * n,
    activations=lambda _m, n: 5 * n,
    states=lambda _m, n: (n, n),
    starts={"bf": 1.0},
)
