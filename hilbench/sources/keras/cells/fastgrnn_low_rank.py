"""FastGRNN with W and U as products of two matrices each.

W = W1 W2 of rank rw, U = U1 U2 of rank ru in the equations of fastgrnn.py
Kusupati and others, "FastGRNN", arXiv 1901.02358, section 3.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hilbench.sources.keras.cells.base import Cell, States, Weights
from hilbench.sources.keras.cells.fastgrnn import combined


def rank(n: int) -> int:
    """A quarter of the units, where nothing else is said."""
    return max(1, n // 4)


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    (h,) = states
    a = ops.matmul(ops.matmul(x, w["w1"]), w["w2"]) + ops.matmul(ops.matmul(h, w["u1"]), w["u2"])
    return combined(ops, w, a, h)


def of(name: str, rw: Callable[[int], int], ru: Callable[[int], int]) -> Cell:
    """With ranks that depend on the units."""

    def macs(m: int, n: int) -> int:
        return rw(n) * (m + n) + 2 * ru(n) * n

    return Cell(
        name=name,
        source="arXiv 1901.02358",
        weights=lambda m, n: {
            "w1": (m, rw(n)), "w2": (rw(n), n), "u1": (n, ru(n)), "u2": (ru(n), n),
            "bz": (n,), "bc": (n,), "zeta": (1,), "nu": (1,),
        },
        step=_step,
        starts={"zeta": 1.0, "nu": -4.0},
        parameters=lambda m, n: macs(m, n) + 2 * n + 2,
        macs=macs,
        activations=lambda _m, n: 2 * n,
    )  # fmt: skip


def sized(rw: int, ru: int) -> Cell:
    """With ranks of the literature, whatever the units."""
    return of(f"fastgrnn_rank_{rw}_{ru}", lambda _: rw, lambda _: ru)


CELL = of("fastgrnn_low_rank", rank, rank)
