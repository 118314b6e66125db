"""Float to integer and back: the only quantize() there is.

real = scale * (q - zero_point), per tensor. NumPy only.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

from hilbench.core.errors import FormatError, JobError

Rounding = Literal["nearest", "truncate"]


def quantize(
    x: NDArray[np.floating[Any]],
    scale: float,
    zero_point: int,
    dtype: DTypeLike,
    rounding: Rounding = "nearest",
) -> NDArray[np.integer[Any]]:
    """`x` of any shape as `dtype` (int8, uint8 or int16), limited to its range.

    "nearest" is what TFLite's QUANTIZE does: x / scale in float32, rounded with
    halves away from zero (its TfLiteRound is std::round), then the zero point.
    "truncate" is what the published campaign's harness did: x / scale +
    zero_point in float32, cut off toward zero.

    Infinite values become the ends of the range. Raises JobError for NaN and
    FormatError for a scale that is not positive and finite.
    """
    _check(scale)
    if np.isnan(x).any():
        raise JobError("cannot quantize: a value is not a number")
    offset = np.float32(zero_point)
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = x.astype(np.float32) / np.float32(scale)
        nearest = rounding == "nearest"
        whole = _half_away_from_zero(scaled) + offset if nearest else np.trunc(scaled + offset)
    limits = np.iinfo(dtype)
    quantized: NDArray[np.integer[Any]] = np.clip(whole, limits.min, limits.max).astype(dtype)
    return quantized


def dequantize(q: NDArray[np.integer[Any]], scale: float, zero_point: int) -> NDArray[np.float32]:
    """Real values of `q`, float32 of the same shape. Raises FormatError as `quantize` does."""
    _check(scale)
    return (np.float32(scale) * (q.astype(np.int64) - zero_point)).astype(np.float32)


def _check(scale: float) -> None:
    if not 0 < np.float32(scale) < np.inf:
        raise FormatError(f"scale {scale:g} of a quantized tensor is not a positive number")


def _half_away_from_zero(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Exact where adding 0.5 would round up the largest float below one half."""
    whole = np.trunc(x)
    away: NDArray[np.float32] = np.copysign(np.abs(x - whole) >= np.float32(0.5), x)
    return whole + away.astype(np.float32)
