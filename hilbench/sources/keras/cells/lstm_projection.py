"""LSTM with a recurrent projection, to half of its units where nothing else is said.

The gates of an LSTM on x and the projected h; h' = P (o tanh(c'))
Sak, Senior and Beaufays, "Long short-term memory recurrent neural network architectures for
large scale acoustic modeling", Interspeech 2014. That of ML-KWS-for-MCU has peepholes as well.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from hilbench.sources.keras.cells import lstm_peephole
from hilbench.sources.keras.cells.base import Cell, Shapes, States, Weights, affine

Width = Callable[[int], int]


def width(n: int) -> int:
    return max(1, n // 2)


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    h, c = states

    def of(gate: str) -> Any:
        return affine(ops, w, gate, x, h)

    f, i, o = (ops.sigmoid(of(gate)) for gate in "fio")
    cell = f * c + i * ops.tanh(of("g"))
    return [ops.matmul(o * ops.tanh(cell), w["p"]), cell]


def _weights(m: int, n: int, p: Width) -> Shapes:
    gates = {k: s for g in "figo" for k, s in ((f"w{g}", (m, n)), (f"u{g}", (p(n), n)))}
    return {**gates, **{f"b{g}": (n,) for g in "figo"}, "p": (n, p(n))}


def _with_peepholes(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    h, cell = lstm_peephole.CELL.step(ops, w, x, states)
    return [ops.matmul(h, w["p"]), cell]


def sized(p: int) -> Cell:
    """To `p` values, with diagonal peepholes."""
    plain = _of(f"lstm_peephole_projection_{p}", lambda _: p)
    return Cell(
        name=plain.name,
        source="ML-KWS-for-MCU, arXiv 1711.07128",
        weights=lambda m, n: {**plain.weights(m, n), **{f"p{g}": (n,) for g in "fio"}},
        step=_with_peepholes,
        parameters=lambda m, n: plain.parameters(m, n) + 3 * n,
        macs=plain.macs,
        activations=plain.activations,
        states=plain.states,
        starts=plain.starts,
    )


def _of(name: str, p: Width) -> Cell:
    return Cell(
        name=name,
        source="Sak and others, Interspeech 2014",
        weights=partial(_weights, p=p),
        step=_step,
        parameters=lambda m, n: 4 * n * (m + p(n)) + n * p(n) + 4 * n,
        macs=lambda m, n: 4 * n * (m + p(n)) + n * p(n),
        activations=lambda _m, n: 5 * n,
        states=lambda _m, n: (p(n), n),
        starts={"bf": 1.0},
    )


CELL = _of("lstm_projection", width)
