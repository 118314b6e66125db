"""SRU: gates see the cell unit by unit; no product with the state.

f, r = sigmoid(W x + v c + b); c' = f c + (1 - f) (W x); h' = r c' + (1 - r) (Wh x)
Lei and others, "Simple recurrent units for highly parallelizable recurrence", arXiv 1709.02755.
Where inputs and units are of one number the paper has x for Wh x.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import Cell, Shapes, States, Weights


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    _, c = states

    def of(gate: str) -> Any:
        return ops.sigmoid(ops.matmul(x, w[f"w{gate}"]) + w[f"v{gate}"] * c + w[f"b{gate}"])

    f, r = of("f"), of("r")
    cell = f * c + (1.0 - f) * ops.matmul(x, w["wc"])
    return [r * cell + (1.0 - r) * ops.matmul(x, w["wh"]), cell]


def _weights(m: int, n: int) -> Shapes:
    gates = {f"{kind}{gate}": (n,) for gate in "fr" for kind in "vb"}
    return {**{f"w{kind}": (m, n) for kind in "frch"}, **gates}


CELL = Cell(
    name="sru",
    source="arXiv 1709.02755",
    weights=_weights,
    step=_step,
    parameters=lambda m, n: 4 * m * n + 4 * n,
    macs=lambda m, n: 4 * m * n,
    activations=lambda _m, n: 2 * n,
    states=lambda _m, n: (n, n),
)
