"""ADD and SUB in int8 as one weighted sum of both inputs; QUANTIZE, and
either of the two with a constant, as one of its input.

TFLM rescales either input, adds, and rescales the sum: three roundings. Those
of the inputs are to 2**-20 of an output step and better, so that
floor((a * weight_a + b * weight_b + offset) / 2**28) gives the same output for
all 65,536 pairs of inputs if the offset is well chosen. 22 fraction bits, and with
them sums of 32 bits, are nearly always enough as well. Whether there is such an
offset is computed here, not assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from hilbench.engines.aot.numerics.affine import INT8_MAX, INT8_MIN, Affine
from hilbench.engines.aot.numerics.elementwise import RequantizeS8, SumS8, add_s8
from hilbench.engines.aot.numerics.evaluated import requantized, summed
from hilbench.engines.aot.numerics.fixed_point import Int

FRACTION_BITS, NARROW_FRACTION_BITS = 28, 22  # as in firmware/kernels/weighted_sum.h
_LINEAR_FRACTION_BITS = 20  # as in firmware/kernels/quantize.h
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


@dataclass(frozen=True)
class WeightedSumNarrowS8:
    """Scalar fields of weighted_sum_narrow_s8_params."""

    weight_a: int
    weight_b: int
    offset: int


@dataclass(frozen=True)
class RequantizeNarrowS8:
    """Scalar fields of requantize_narrow_s8_params."""

    weight: int
    offset: int


def weighted_sum_s8(
    operator: str, a: Affine, b: Affine, out: Affine, activation: str = "NONE"
) -> WeightedSumS8 | WeightedSumNarrowS8 | None:
    """Constants of ADD or SUB, in 32 bits if these are enough.

    None where only `add_s8` or `sub_s8` is exact. Costs about 2 ms.
    """
    sign = -1 if operator == "SUB" else 1
    constants = add_s8(a, b, out, activation)
    expected, limits = _outputs(constants, sign), (constants.min, constants.max)
    ratios = a.scale / out.scale, sign * b.scale / out.scale
    narrow = _search(expected, ratios, limits, NARROW_FRACTION_BITS)
    if narrow is not None and limits == (INT8_MIN, INT8_MAX) and _fits_int32(*narrow):
        return WeightedSumNarrowS8(*narrow)
    wide = _search(expected, ratios, limits, FRACTION_BITS)
    if wide is None:
        return None
    weight_a, weight_b, offset = wide
    return WeightedSumS8(offset, weight_a, weight_b, *limits)


def requantize_narrow_s8(c: RequantizeS8) -> RequantizeNarrowS8 | None:
    """The same function of one int8 as `c`, or None where it is not linear enough."""
    if (c.min, c.max) != (INT8_MIN, INT8_MAX):
        return None
    return linear_s8(requantized(c, _inputs()), c.multiplier * 2.0 ** (c.shift - 31))


def linear_s8(outputs: Int, slope: float) -> RequantizeNarrowS8 | None:
    """Constants of the function with these outputs (256,) for the inputs -128..127.

    `slope` is about what an output grows by with each input. None where that is not linear enough.
    """
    limits = INT8_MIN, INT8_MAX
    nearest = round(slope * 2.0**_LINEAR_FRACTION_BITS)
    for weight in sorted(range(nearest - 2, nearest + 3), key=lambda w: abs(w - nearest)):
        if not _fits_int32(weight, 0, 0):
            continue
        offset = _offset(outputs, _inputs() * weight, limits, _LINEAR_FRACTION_BITS)
        if offset is not None and _fits_int32(weight, 0, offset):
            return RequantizeNarrowS8(weight, offset)
    return None


def _search(
    expected: Int, ratios: tuple[float, float], limits: tuple[int, int], bits: int
) -> tuple[int, int, int] | None:
    """(weight_a, weight_b, offset) of this many fraction bits that give `expected`."""
    nearest_a, nearest_b = (round(ratio * 2.0**bits) for ratio in ratios)
    if max(abs(nearest_a), abs(nearest_b)) > _LARGEST_WEIGHT - 2:
        return None
    for nudge_a, nudge_b in _NUDGES:
        weights = nearest_a + nudge_a, nearest_b + nudge_b
        sums = _inputs()[:, None] * weights[0] + _inputs() * weights[1]
        offset = _offset(expected, sums, limits, bits)
        if offset is not None:
            return *weights, offset
    return None


def _fits_int32(weight_a: int, weight_b: int, offset: int) -> bool:
    """Whether no sum, nor a part of it, overflows for any inputs."""
    largest = -INT8_MIN * (abs(weight_a) + abs(weight_b)) + abs(offset)
    return largest < 1 << 31


def _inputs() -> Int:
    return np.arange(INT8_MIN, INT8_MAX + 1, dtype=np.int64)


def _outputs(c: SumS8, sign: int) -> Int:
    """TFLM's outputs for all inputs a (rows) and b (columns)."""
    return summed(c, sign, _inputs()[:, None], _inputs())


def _offset(expected: Int, sums: Int, limits: tuple[int, int], bits: int) -> int | None:
    """An offset with which `sums` of this many fraction bits become `expected`, in the middle.

    None if there is none.
    """
    missing = (expected << bits) - sums
    # An output at a limit may come from any sum beyond it.
    low, high = limits
    least = int(missing.max(where=expected > low, initial=-(1 << 62)))
    most = int(missing.min(where=expected < high, initial=1 << 62)) + (1 << bits) - 1
    if least > most:
        return None
    return (max(least, -(1 << 40)) + min(most, 1 << 40)) // 2
