"""Where the pixels of a resized picture come from, along one axis.

The source's coordinate of pixel i is i * scale, or (i + 1/2) * scale - 1/2 with half-pixel centres;
scale is the quotient of the lengths, or of the distances between the corners.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int32]
_BITS = 10  # of a fraction in resize_bilinear_s8


def _scale(length: int, out: int, corners: bool) -> np.float32:
    if corners and out > 1:
        return np.float32(length - 1) / np.float32(out - 1)
    return np.float32(length) / np.float32(out)


def nearest(length: int, out: int, corners: bool, half_pixels: bool) -> Integers:
    """The source of each pixel, in single precision as TFLM computes it."""
    offset = np.float32(0.5 if half_pixels else 0.0)
    at = (np.arange(out, dtype=np.float32) + offset) * _scale(length, out, corners)
    found = np.floor(at + np.float32(0.5)) if corners else np.floor(at)
    return np.asarray(np.clip(found, 0, length - 1), np.int32)


def between(
    length: int, out: int, corners: bool, half_pixels: bool
) -> tuple[Integers, Integers, NDArray[np.float32]]:
    """The two sources of each pixel and the weight of the second, in single precision."""
    index, scale = np.arange(out, dtype=np.float32), _scale(length, out, corners)
    half = np.float32(0.5)
    at = (index + half) * scale - half if half_pixels else index * scale
    low = np.maximum(np.floor(at), 0)
    high = np.minimum(np.ceil(at), length - 1)
    low = np.minimum(low, length - 1)
    return low.astype(np.int32), high.astype(np.int32), (at - low).astype(np.float32)


def between_fixed(
    length: int, out: int, corners: bool, half_pixels: bool
) -> tuple[Integers, Integers, Integers]:
    """The same with fractions of 10 bits, as TFLM's integer kernel computes it."""
    one = 1 << _BITS
    if corners and out > 1:
        scale = (one * (length - 1) + (out - 1) // 2) // (out - 1)
    else:
        scale = (one * length + out // 2) // out
    at = np.arange(out, dtype=np.int64) * scale
    if half_pixels:
        at = at + scale // 2 - one // 2
    low = np.maximum(np.sign(at) * (np.abs(at) // one), 0)  # C divides towards zero
    high = np.minimum(np.sign(at + one - 1) * (np.abs(at + one - 1) // one), length - 1)
    return low.astype(np.int32), high.astype(np.int32), (at - one * low).astype(np.int32)
