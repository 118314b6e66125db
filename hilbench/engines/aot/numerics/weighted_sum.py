"""ADD and SUB in int8 as one weighted sum of both inputs.

TFLM rescales either input, adds, and rescales the sum: three roundings. Those
of the inputs are to 2**-20 of an output step and better, so that
floor((a * weight_a + b * weight_b + offset) / 2**28) gives the same output for
all 65,536 pairs of inputs if the offset is well chosen. Whether there is such
an offset is computed here, not assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from hilbench.engines.aot.numerics.affine import INT8_MAX, INT8_MIN, Affine
from hilbench.engines.aot.numerics.elementwise import SumS8, add_s8
from hilbench.engines.aot.numerics.fixed_point import Int, rescale

FRACTION_BITS = 28  # as in firmware/kernels/weighted_sum.h
_LARGEST_WEIGHT = (1 << 31) - 1
# Weights beside the nearest ones, nearest first: they settle what the offset alone cannot.
_NUDGES = sorted(product(range(-2, 3), repeat=2), key=lambda nudge: max(map(abs, nudge)))


@dataclass(frozen=True)
class WeightedSumS8:
    """Scalar fields of weighted_sum_s8_params."""

    offset: int
    weight_a: int
    weight_b: int
    min: int
    max: int


def weighted_sum_s8(
    operator: str, a: Affine, b: Affine, out: Affine, activation: str = "NONE"
) -> WeightedSumS8 | None:
    """Constants of ADD or SUB, or None where only `add_s8` or `sub_s8` is exact.

    Costs about 2 ms.
    """
    sign = -1 if operator == "SUB" else 1
    constants = add_s8(a, b, out, activation)
    expected = _outputs(constants, sign)
    nearest_a = round(a.scale / out.scale * 2.0**FRACTION_BITS)
    nearest_b = sign * round(b.scale / out.scale * 2.0**FRACTION_BITS)
    if max(nearest_a, abs(nearest_b)) > _LARGEST_WEIGHT - 2:
        return None
    limits = constants.min, constants.max
    for nudge_a, nudge_b in _NUDGES:
        weights = nearest_a + nudge_a, nearest_b + nudge_b
        offset = _offset(expected, *weights, *limits)
        if offset is not None:
            return WeightedSumS8(offset, *weights, *limits)
    return None


def _inputs() -> Int:
    return np.arange(INT8_MIN, INT8_MAX + 1, dtype=np.int64)


def _outputs(c: SumS8, sign: int) -> Int:
    """TFLM's outputs for all inputs a (rows) and b (columns)."""
    x = rescale((_inputs() - c.zero_point_a) << 20, c.multiplier_a, c.shift_a)
    y = rescale((_inputs() - c.zero_point_b) << 20, c.multiplier_b, c.shift_b)
    z = rescale(x[:, None] + sign * y, c.multiplier_out, c.shift_out)
    limited: Int = np.clip(z + c.zero_point_out, c.min, c.max)
    return limited


def _offset(expected: Int, weight_a: int, weight_b: int, low: int, high: int) -> int | None:
    """An offset for which the kernel gives `expected`, in the middle of all of them."""
    missing = (expected << FRACTION_BITS) - (_inputs()[:, None] * weight_a + _inputs() * weight_b)
    # An output at a limit may come from any sum beyond it.
    least = int(missing.max(where=expected > low, initial=-(1 << 62)))
    most = int(missing.min(where=expected < high, initial=1 << 62)) + (1 << FRACTION_BITS) - 1
    if least > most:
        return None
    return (max(least, -(1 << 40)) + min(most, 1 << 40)) // 2
