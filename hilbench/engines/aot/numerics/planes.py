"""Weights of DEPTHWISE_CONV_2D for firmware/kernels/depthwise_conv_2d_planes.h."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hilbench.engines.aot.numerics.rounded import SHORT_SHIFTS
from hilbench.engines.aot.sliding_window import SlidingWindow

_CHANNELS = 4  # whose planes are in memory at once
_BAND_BYTES = 4096
"""Planes larger than this are made in bands of rows; a band has one row of outputs at least."""


@dataclass(frozen=True)
class Planes:
    """Sizes in struct depthwise_conv_2d_planes_s8_params, and of its scratch memory."""

    words: int
    line_words: int
    band: int
    scratch: int


def lines_of_planes(window: SlidingWindow) -> SlidingWindow | None:
    """The window, or with rows for columns, whichever takes less; None where there are no planes:
    of columns that are both strided and dilated."""
    folded = window.folded()
    both = folded, folded.turned()
    return min((w for w in both if 1 in (w.stride[1], w.dilation[1])), key=_cycles, default=None)


def planes(window: SlidingWindow) -> Planes:
    """Bands are as high as memory allows, and evenly so.

    Four outputs of a row are computed at a time, but for the last one or two.
    """
    columns = _columns(window)
    multiple = 2 if columns % 4 in (1, 2) else 4
    columns = -(-columns // multiple) * multiple
    words = window.filter_shape[1] // 2 + 1
    line_words = (columns - 1) * window.stride[1] // 2 + words
    line_bytes = 4 * _CHANNELS * line_words
    reach = (window.filter_shape[0] - 1) * window.dilation[0] + 1
    most = max((_BAND_BYTES // line_bytes - reach) // window.stride[0] + 1, 1)
    bands = -(-window.output[0] // most)
    band = -(-window.output[0] // bands)
    lines = (band - 1) * window.stride[0] + reach
    return Planes(words, line_words, band, 8 * window.filter_shape[0] * words + lines * line_bytes)


def _columns(window: SlidingWindow) -> int:
    """Of the outputs that are computed from the same planes, at most."""
    return -(-window.output[1] // window.dilation[1])


def _cycles(window: SlidingWindow) -> int:
    """Of a channel, on a Cortex-M4 without wait states, rounded, as measured."""
    sizes, filter_h = planes(window), window.filter_shape[0]
    if sizes.words == 2 and filter_h in (1, 3) and window.stride[1] <= 2:
        four, two = 84, 54
    else:
        four, two = (60 + filter_h * (13 + each * sizes.words) for each in (16, 11))
    fours, rest = divmod(_columns(window), 4)
    row = 20 + four * (fours + (rest == 3)) + two * (rest in (1, 2))
    widening = window.size[0] * (10 + 5 * sizes.line_words)
    return min(window.dilation[1], window.output[1]) * (200 + widening + window.output[0] * row)


def are_dearer(window: SlidingWindow) -> bool:
    """Whether so few outputs of a channel take less one by one than by planes.

    The same cycles; windows have no padding.
    """
    one = 38 + 5 * window.filter_shape[0] * window.filter_shape[1]
    return window.output[0] * window.output[1] * one < _cycles(window)


def is_short(shifts: npt.NDArray[np.int8]) -> bool:
    """Whether rounding and zero point, shifted, stay inside of int32."""
    return all(-int(shift) in SHORT_SHIFTS for shift in shifts)


def taps(weights: npt.NDArray[np.int8], words: int) -> npt.NDArray[np.int8]:
    """Weights (height, width, channels) as (channels, height, 2 * words), flat."""
    rows = weights.transpose(2, 0, 1)
    return np.pad(rows, ((0, 0), (0, 0), (0, 2 * words - rows.shape[2]))).ravel()


def doubled_offsets(
    weights: npt.NDArray[np.int8], bias: npt.NDArray[np.int32] | None, zero_point: int
) -> npt.NDArray[np.int32]:
    """2 (bias - zero_point * sum of the channel's weights), modulo 2^32: (channels,)."""
    offsets = -zero_point * weights.sum(axis=(0, 1, 2), dtype=np.int64)
    if bias is not None:
        offsets = offsets + bias
    return np.asarray((2 * offsets).astype(np.uint64).astype(np.uint32).view(np.int32))
