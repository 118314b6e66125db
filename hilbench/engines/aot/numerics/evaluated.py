"""What the int8 kernels of two operands give, element by element, as int64 arrays.

The constants are those of the kernels, the equations are in firmware/kernels/<op>_s8__ref.c.
Operands are int8 values as they stand in tensors, zero points included.
"""

from __future__ import annotations

import numpy as np

from hilbench.engines.aot.numerics.affine import INT8_MAX, INT8_MIN
from hilbench.engines.aot.numerics.binary import (
    SQUARE_SHIFT,
    DivS8,
    PreluS8,
    SquaredDifferenceS8,
    reciprocals,
)
from hilbench.engines.aot.numerics.elementwise import COMMON_SHIFT, MulS8, RequantizeS8, SumS8
from hilbench.engines.aot.numerics.fixed_point import Int, multiply_high, rescale


def requantized(c: RequantizeS8, x: Int) -> Int:
    scaled = rescale(x - c.input_zero_point, c.multiplier, c.shift)
    return _limited(scaled + c.output_zero_point, c.min, c.max)


def summed(c: SumS8, sign: int, a: Int, b: Int) -> Int:
    """ADD, and with the sign -1 SUB."""
    x = rescale((a - c.zero_point_a) << COMMON_SHIFT, c.multiplier_a, c.shift_a)
    y = rescale((b - c.zero_point_b) << COMMON_SHIFT, c.multiplier_b, c.shift_b)
    z = rescale(x + sign * y, c.multiplier_out, c.shift_out)
    return _limited(z + c.zero_point_out, c.min, c.max)


def multiplied(c: MulS8, a: Int, b: Int) -> Int:
    product = (a - c.zero_point_a) * (b - c.zero_point_b)
    return _limited(rescale(product, c.multiplier, c.shift) + c.zero_point_out, c.min, c.max)


def divided(c: DivS8, low: int, high: int, a: Int, b: Int) -> Int:
    divisor, dividend = np.broadcast_arrays(b - c.zero_point_b, a - c.zero_point_a)
    dividend = np.where(divisor < 0, -dividend, dividend)
    divisor = np.abs(divisor)
    headroom = 31 - _bits(np.where(dividend < 0, ~dividend, dividend))
    quotient = multiply_high(dividend << headroom, reciprocals()[divisor].astype(np.int64))
    # Divided by a power of 2, rounded to nearest, ties away from zero.
    x = multiply_high(quotient, c.multiplier)
    n = np.maximum(_bits(divisor) - 1 + headroom - c.shift, 0)
    half = np.where(n > 0, 1 << np.maximum(n - 1, 0), 0)
    y = _limited(((x + half - ((n > 0) & (x < 0))) >> n) + c.zero_point_out, low, high)
    by_zero = np.where(dividend < 0, low, np.where(dividend > 0, high, c.zero_point_out))
    return np.asarray(np.where(divisor == 0, by_zero, y))


def squared_difference(c: SquaredDifferenceS8, a: Int, b: Int) -> Int:
    x = rescale((a - c.zero_point_a) << SQUARE_SHIFT, c.multiplier_a, c.shift_a)
    y = rescale((b - c.zero_point_b) << SQUARE_SHIFT, c.multiplier_b, c.shift_b)
    z = rescale((x - y) ** 2, c.multiplier_out, c.shift_out)
    return _limited(z + c.zero_point_out, INT8_MIN, INT8_MAX)


def prelu(c: PreluS8, a: Int, alpha: Int) -> Int:
    x = a - c.zero_point_a
    negative = rescale(x * (alpha - c.zero_point_b), c.multiplier_alpha, c.shift_alpha)
    y = np.where(x >= 0, rescale(x, c.multiplier, c.shift), negative)
    return _limited(y + c.zero_point_out, INT8_MIN, INT8_MAX)


def _bits(x: Int) -> Int:
    """Binary digits of values from 0 to 2^31."""
    return np.asarray(np.frexp(x.astype(np.float64))[1]).astype(np.int64)


def _limited(values: Int, low: int, high: int) -> Int:
    return np.asarray(np.clip(values, low, high))
