"""Weights of which whole blocks are zeros, for firmware/kernels/fully_connected_blocks.h."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

COLUMNS, LAST_OF_ROW = 4, 128  # BLOCK_COLUMNS and LAST_OF_ROW of the header
_WORTH = 0.3
"""Of the blocks: if more are kept, a dense product is as fast. tools/bench_kernels.py shows it."""
_LEAST_COLUMNS = {"int8": 8, "float32": 32}
"""Below, what a row costs besides its blocks is more than a dense row costs."""


@dataclass(frozen=True)
class Blocks:
    """`weights` (blocks, 4) of those that are kept, row after row, and `gaps` (blocks) uint8."""

    weights: npt.NDArray[Any]
    gaps: npt.NDArray[np.uint8]


def kept_blocks(weights: npt.NDArray[Any]) -> Blocks | None:
    """The blocks of weights (rows, columns) that are not all zeros, and what a row needs besides.

    None where so many are kept that the dense product is no slower.
    """
    rows, columns = weights.shape
    places = -(-columns // COLUMNS)
    full = np.zeros((rows, places * COLUMNS), weights.dtype)
    full[:, :columns] = weights
    blocks = full.reshape(rows, places, COLUMNS)
    kept: npt.NDArray[np.bool_] = np.any(blocks != 0, axis=2)
    if columns < _LEAST_COLUMNS[weights.dtype.name] or kept.sum() > _WORTH * kept.size:
        return None
    gaps: list[int] = []
    row: npt.NDArray[np.bool_]
    for row in kept:
        found = _gaps(row)
        gaps += [*found[:-1], found[-1] + LAST_OF_ROW]
        row[np.cumsum(found)] = True
    return Blocks(blocks[kept], np.array(gaps, np.uint8))


def _gaps(kept: npt.NDArray[np.bool_]) -> list[int]:
    """From the row's beginning to its first block, and from each to the next: below 128.

    A row without one has its first, and a block of zeros stands within a longer way.
    """
    found, before = [], 0
    for place in np.flatnonzero(kept).tolist() or [0]:
        steps, rest = divmod(place - before, LAST_OF_ROW - 1)
        found += [LAST_OF_ROW - 1] * steps
        if rest or not steps:
            found.append(rest)
        before = place
    return found
