"""Steps that a cell with a threshold skips, of the samples that are compared."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hilbench.pipeline.reference import float_inputs
from hilbench.pipeline.stages import Prepared


def share(prepared: Prepared) -> float | None:
    """Of the steps, None of a network without a threshold."""
    least = prepared.network.least_move
    if not least:
        return None
    x = float_inputs(prepared.graph, prepared.samples)[0]
    return still(np.asarray(x, np.float32), prepared.samples.steps, least)


def still(x: NDArray[np.float32], invocations: int, least: float) -> float:
    """The share of the steps in which no feature is further than `least` from the last that moved.

    `x` is (n, ..., steps, features); a sequence is so many invocations of it, and begins at zeros.
    """
    sequences = x.reshape(-1, invocations * x.shape[-2], x.shape[-1])
    last, skipped = np.zeros_like(sequences[:, 0]), 0
    for step in sequences.swapaxes(0, 1):
        moved = np.abs(step - last).max(axis=-1, keepdims=True) > least
        last, skipped = np.where(moved, step, last), skipped + int((~moved).sum())
    return skipped / (sequences.shape[0] * sequences.shape[1])
