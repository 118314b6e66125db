"""Weights of CONV_2D for the packed product of firmware/kernels/conv_2d_packed.h.

A halfword is a + 256 b, of one column in two rows of weights. With windows x the
kernel sums up (a + 256 b) x and a x modulo 2^32; the difference is 256 times the
sum of b x, and all of it as long as that sum is within 24 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hilbench.engines.aot.numerics.rounded import rounded_channels

_FOUR = 4  # rows and columns are filled up to whole fours
_ORDER = [0, 2, 1, 3]  # of four columns in memory, as SXTB16 takes bytes out of words; of offsets
_IN_ORDER = [0, 1, 2, 3]
_LARGEST_INPUT = 128
_LARGEST_SECOND_SUM = 1 << 23


@dataclass(frozen=True)
class PackedWindows:
    """Fields of struct conv_2d_packed_s8_params: weights int16, flat, and blocks
    (rows / 4, 16) int32; rows in whole fours."""

    weights: npt.NDArray[np.int16]
    blocks: npt.NDArray[np.int32]
    columns: int


def pack_sets(
    sets: Sequence[npt.NDArray[np.int8]],
    bias: npt.NDArray[np.int32] | None,
    zero_points: tuple[int, int],
    multipliers: npt.NDArray[np.int32],
    shifts: npt.NDArray[np.int8],
    filter_row: int | None = None,
) -> PackedWindows | None:
    """Weights of several convolutions of the same windows, one behind the other."""
    packed = [
        pack_windows(weights, bias, zero_points, multipliers, shifts, filter_row)
        for weights in sets
    ]
    found = [one for one in packed if one is not None]
    if len(found) < len(packed):
        return None
    weights = np.concatenate([one.weights for one in found])
    return PackedWindows(weights, np.concatenate([one.blocks for one in found]), found[0].columns)


def pack_windows(
    weights: npt.NDArray[np.int8],
    bias: npt.NDArray[np.int32] | None,
    zero_points: tuple[int, int],
    multipliers: npt.NDArray[np.int32],
    shifts: npt.NDArray[np.int8],
    filter_row: int | None = None,
) -> PackedWindows | None:
    """Rows of weights (rows, columns) with their bias and rescaling, all (rows,).

    `filter_row` columns are a row of the filter, unless channels are in fours, and
    `zero_points` are those of input and output. None where the product or the
    short rescaling would not be exact: a weight of -128 in the wrong place, rows
    of large sums, factors of 1/2 and more or below 2^-23.
    """
    order = _ORDER
    if filter_row is not None:
        weights, order = _lasts_behind(weights, filter_row), _IN_ORDER
    rows, columns = weights.shape
    pairs = _pairs(weights)
    second_sums = np.abs(_filled(weights)[1::2]).sum(axis=1) * _LARGEST_INPUT
    if pairs.min() < np.iinfo(np.int16).min or second_sums.max() >= _LARGEST_SECOND_SUM:
        return None
    scales = rounded_channels(multipliers, shifts, zero_points[1])
    if scales is None:
        return None
    offsets = -zero_points[0] * weights.sum(axis=1, dtype=np.int64)
    if bias is not None:
        offsets = offsets + bias
    more = -rows % _FOUR
    offsets = np.pad(offsets, (0, more)).reshape(-1, _FOUR)[:, _ORDER]
    scales = np.pad(scales, ((0, more), (0, 0))).reshape(len(offsets), -1)
    blocks = np.concatenate([offsets, scales], axis=1).astype(np.int32)
    return PackedWindows(_words(pairs, order), blocks, columns + -columns % _FOUR)


def _filled(weights: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
    rows, columns = weights.shape
    return np.pad(weights.astype(np.int64), ((0, -rows % _FOUR), (0, -columns % _FOUR)))


def _pairs(weights: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
    """(pairs of rows, columns): a + 256 b."""
    filled = _filled(weights)
    return filled[0::2] + 256 * filled[1::2]


def _lasts_behind(weights: npt.NDArray[np.int8], filter_row: int) -> npt.NDArray[np.int8]:
    """Of rows of the filter with an odd number of columns the last ones behind all others."""
    filters = weights.reshape(len(weights), -1, filter_row)
    even = filter_row & ~1
    parts = [part.reshape(len(weights), -1) for part in (filters[..., :even], filters[..., even:])]
    return np.concatenate(parts, axis=1)


def _words(pairs: npt.NDArray[np.int64], order: list[int]) -> npt.NDArray[np.int16]:
    """Two pairs at a time; of four columns the first two in `order` of either pair, then the
    others."""
    ordered = pairs.reshape(len(pairs) // 2, 2, -1, _FOUR)[..., order]
    words = ordered.reshape(*ordered.shape[:3], 2, 2)  # block, pair, four columns, word, halfword
    return words.transpose(0, 2, 3, 1, 4).ravel().astype(np.int16)
