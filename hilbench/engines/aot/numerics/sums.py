"""Exact bounds of the sums in int8 weighted operators, and of the outputs made of them.

Rescaling, zero point and clamping are monotonic, so the outputs of a channel lie between
those of its least and of its greatest sum; where the two are equal, the channel is constant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

SUM_LIMIT = 1 << 30  # of rescale() in firmware/kernels/fixed_point.h
_INT32_LIMIT = 1 << 31


@dataclass(frozen=True)
class Bounds:
    """low <= value <= high, elementwise; both of one shape."""

    low: Integers
    high: Integers


def sum_bounds(
    weights: Integers, bias: Integers, inputs: Bounds, zero_point: int, *, padded: bool
) -> Bounds:
    """Of bias + sum of (input - zero_point) * weight, per row of weights (rows, columns).

    `inputs` broadcast to the shape of `weights`. Where `padded`, an input may be missing.
    """
    first, second = (weights * (edge - zero_point) for edge in (inputs.low, inputs.high))
    low, high = np.minimum(first, second), np.maximum(first, second)
    if padded:
        low, high = np.minimum(low, 0), np.maximum(high, 0)
    return Bounds(bias + low.sum(axis=1), bias + high.sum(axis=1))


@dataclass(frozen=True)
class Rescaling:
    """From sums to outputs: multipliers and shifts (rows,) as of rescale(), then the zero point
    and the limits."""

    multipliers: Integers
    shifts: Integers
    zero_point: int
    low: int
    high: int

    def outputs(self, sums: Integers) -> Integers:
        """Outputs of sums (rows,) below 2^31, as TensorFlow Lite Micro rounds."""
        up, down = np.maximum(self.shifts, 0), np.maximum(-self.shifts, 0)
        products = (sums << up) * self.multipliers
        rounded = (products + (1 << 30)) >> 31
        half = np.where(down > 0, (1 << np.maximum(down - 1, 0)) - (sums < 0), 0)
        outputs: Integers = ((rounded + half) >> down) + self.zero_point
        return np.clip(outputs, self.low, self.high)

    def output_bounds(self, sums: Bounds) -> Bounds:
        """Rows that can leave int32 on the way may have any output."""
        limit = _INT32_LIMIT >> np.maximum(self.shifts, 0)
        fits = (sums.low >= -limit) & (sums.high < limit)
        low, high = (np.where(fits, edge, 0) for edge in (sums.low, sums.high))
        return Bounds(
            np.where(fits, self.outputs(low), self.low),
            np.where(fits, self.outputs(high), self.high),
        )

    def least_sums(self, outputs: Integers) -> Integers:
        """For each row the sum nearest to zero or below it that is rescaled to this output,
        of those above -2^30 and below 2^30 >> shift; another sum where there is none."""
        limit = (SUM_LIMIT >> np.maximum(self.shifts, 0)) - 1
        low, high = -limit, limit
        while (low < high).any():
            middle = (low + high) >> 1
            enough = self.outputs(middle) >= outputs
            low, high = np.where(enough, low, middle + 1), np.where(enough, middle, high)
        return low
