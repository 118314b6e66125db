"""Rows of int8 weights in pairs for the packed product of firmware/kernels/packed.h.

A halfword is a + 256 b, with a of the first row of a pair and b of the second. The
product of halfwords with x is exact modulo 2^32, and so is that of the a alone; their
difference is 256 times the sum of b x, which shows all of it as long as that is below
2^31. firmware/kernels/README.md tells it at length.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hilbench.engines.aot.numerics.affine import INT8_MAX, INT8_MIN

_COLUMNS, _LEAST_COLUMNS = 4, 16  # PACKED_COLUMNS and PACKED_LEAST_COLUMNS of packed.h
_ORDER = [0, 2, 1, 3]  # of the columns in memory
_LARGEST_SECOND_SUM = 1 << 23


def pack_rows(weights: npt.NDArray[np.int8], zero_point: int) -> npt.NDArray[np.int16] | None:
    """Weights (rows, columns) int8 as halfwords, flat, or None where the product is not exact.

    Blocks of four rows, then of two; in a block, for each four columns the columns 0
    and 2 of each pair, then 1 and 3. Zeros fill up rows and columns.
    `zero_point` is that of the vectors to come.
    """
    rows, columns = weights.shape
    full = np.zeros((rows + rows % 2, _full(columns)), np.int64)
    full[:rows, :columns] = weights
    first, second = full[0::2], full[1::2]
    halfwords = first + 256 * second
    if halfwords.size and halfwords.min() < np.iinfo(np.int16).min:
        return None  # of weights -128, which converters do not write
    largest = 2 * max(INT8_MAX - zero_point, zero_point - INT8_MIN)
    if np.abs(second).sum(axis=1).max(initial=0) * largest >= _LARGEST_SECOND_SUM:
        return None
    words = halfwords.reshape(len(halfwords), -1, _COLUMNS)[:, :, _ORDER]
    words = words.reshape(len(halfwords), -1, 2)  # pair, word, halfword
    in_fours = rows // 4 * 2
    blocks = [words[pair : pair + 2] for pair in range(0, in_fours, 2)]
    blocks += [words[pair : pair + 1] for pair in range(in_fours, len(words))]
    flat = [block.transpose(1, 0, 2).ravel() for block in blocks]
    return np.concatenate([np.zeros(0, np.int64), *flat]).astype(np.int16)


def scratch_bytes(columns: int) -> int:
    """Bytes of a widened vector."""
    return 2 * _full(columns)


def _full(columns: int) -> int:
    """To so many columns zeros fill up."""
    return max(-(-columns // _COLUMNS) * _COLUMNS, _LEAST_COLUMNS)


def packed_bias(bias: npt.NDArray[np.int32] | None) -> npt.NDArray[np.int32] | None:
    """Twice a bias below 2^30, None for none or for zeros.

    In the order in which a kernel reads it: the first and third of four rows, then
    the second and fourth, so that either two are one read of 64 bits.
    """
    if bias is None or not bias.any():
        return None
    blocks = len(bias) // 4 * 4
    ordered = bias[:blocks].reshape(-1, 4)[:, [0, 2, 1, 3]]
    return np.concatenate([2 * ordered.ravel(), 2 * bias[blocks:]]).astype(np.int32)
