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


def planes(
    outputs: tuple[int, int],
    filter_shape: tuple[int, int],
    stride: tuple[int, int],
    dilation_h: int,
) -> Planes:
    """Pairs are (height, width). Bands are as high as memory allows, and evenly so.

    Four outputs of a row are computed at a time, but for the last one or two.
    """
    words = filter_shape[1] // 2 + 1
    multiple = 2 if outputs[1] % 4 in (1, 2) else 4
    columns = -(-outputs[1] // multiple) * multiple
    line_words = (columns - 1) * stride[1] // 2 + words
    line_bytes = 4 * _CHANNELS * line_words
    window = (filter_shape[0] - 1) * dilation_h + 1
    most = max((_BAND_BYTES // line_bytes - window) // stride[0] + 1, 1)
    bands = -(-outputs[0] // most)
    band = -(-outputs[0] // bands)
    lines = (band - 1) * stride[0] + window
    return Planes(words, line_words, band, 8 * filter_shape[0] * words + lines * line_bytes)


def are_dearer(sizes: Planes, window: SlidingWindow) -> bool:
    """Whether so few outputs of a channel take less one by one than by planes.

    Cycles of a Cortex-M4 without wait states, rounded, as measured; windows have no padding.
    """
    (filter_h, filter_w), (out_h, out_w) = window.filter_shape, window.output
    has_own_code = window.filter_shape == (3, 3) and max(window.stride) <= 2
    line = 16 if has_own_code else 15 + 16 * sizes.words
    fours = out_h * -(-out_w // 4) * (60 + filter_h * line)
    widening = 5 * sizes.line_words * window.size[0]
    return out_h * out_w * (38 + 5 * filter_h * filter_w) < 400 + widening + fours


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
