"""LMU: a memory of the last steps in Legendre polynomials, beside a plain recurrent state.

u = ex x + eh h + em q; q' = A q + B u; h' = tanh(W x + U h + V q')
A (d, d) and B (d) are fixed: they come from a delay line of 20 steps, held between steps, d = n / 4
Voelker and others, "Legendre memory units", NeurIPS 2019, equations 1 to 7.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hilbench.sources.keras.cells.base import Cell, Shapes, States, Weights

WINDOW = 20
"""Steps that the memory looks back."""
_HALVINGS, _TERMS = 12, 12


def order(n: int) -> int:
    return max(2, n // 4)


def legendre(d: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A (d, d) and B (d, 1) of the continuous memory, equation 3 without its time."""
    i, j = np.mgrid[:d, :d]
    a = (2.0 * i + 1) * np.where(i < j, -1.0, (-1.0) ** (i - j + 1))
    return a, (2.0 * np.arange(d)[:, None] + 1) * (-1.0) ** np.arange(d)[:, None]


def held(d: int, window: int = WINDOW) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both over a step whose input is held (zero-order hold): exp([A B; 0 0] / window)."""
    a, b = legendre(d)
    both = np.zeros((d + 1, d + 1))
    both[:d] = np.hstack([a, b]) / window
    small = both / 2**_HALVINGS
    found = sum(
        (np.linalg.matrix_power(small, k) / math.factorial(k) for k in range(_TERMS)), 0.0 * both
    )
    found = np.linalg.matrix_power(found, 2**_HALVINGS)
    return found[:d, :d], found[:d, d:]


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    h, memory = states
    u = ops.matmul(x, w["ex"]) + ops.matmul(h, w["eh"]) + ops.matmul(memory, w["em"])
    memory = ops.matmul(memory, w["a"]) + ops.matmul(u, w["b"])
    seen = ops.matmul(x, w["w"]) + ops.matmul(h, w["u"]) + ops.matmul(memory, w["v"])
    return [ops.tanh(seen), memory]


def _weights(m: int, n: int) -> Shapes:
    d = order(n)
    encoders = {"ex": (m, 1), "eh": (n, 1), "em": (d, 1)}
    return {**encoders, "a": (d, d), "b": (1, d), "w": (m, n), "u": (n, n), "v": (d, n)}


def _fixed(_m: int, n: int) -> dict[str, NDArray[np.float64]]:
    a, b = held(order(n))
    return {"a": a.T, "b": b.T}


def _products(m: int, n: int) -> int:
    d = order(n)
    return m + n + d + d * d + d + n * (m + n + d)


CELL = Cell(
    name="lmu",
    source="Voelker and others, NeurIPS 2019",
    weights=_weights,
    step=_step,
    parameters=_products,
    macs=_products,
    activations=lambda _m, n: n,
    states=lambda _m, n: (n, order(n)),
    fixed=_fixed,
    starts={"em": 0.0},
)
