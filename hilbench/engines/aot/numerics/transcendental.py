"""TFLM's fixed-point exp, logistic and tanh of int32 raw values.

A Qm number has m integer bits and 31 - m fraction bits. The equations are
those of gemmlowp's fixed-point library (github.com/google/gemmlowp,
fixedpoint/fixedpoint.h), which TFLM's int8 kernels evaluate for each element:

- exp on [-1/4, 0): with x = a + 1/8, exp(-1/8) * (1 + x + x^2/2 + x^3/6 + x^4/24);
- exp(a), a <= 0: the above for a modulo 1/4, times exp(-2^k) for each bit k of the rest;
- 1 / (1 + x) on [0, 1]: three Newton-Raphson steps for the reciprocal of d = (1 + x) / 2
  from 48/17 - 32/17 * d.

What matters is where these round: every product is `multiply_high`.
"""

from __future__ import annotations

import math

import numpy as np

from hilbench.engines.aot.numerics.fixed_point import Int, divide_by_power_of_two, multiply_high

ONE = (1 << 31) - 1  # 1 in Q0, as near as it gets
_ONE_Q2 = 1 << 29
_FIRST_EXPONENT = -2


def _q(real: float, integer_bits: int) -> int:
    return round(real * 2.0 ** (31 - integer_bits))


def _saturating_shift_left(x: Int, n: int) -> Int:
    shifted: Int = np.clip(x << n, -(1 << 31), ONE)
    return shifted


def _exp_near_zero(a: Int) -> Int:
    """exp(a) in Q0 for a in Q0, -1/4 <= a < 0."""
    x = a + (1 << 28)
    x2 = multiply_high(x, x)
    x3 = multiply_high(x2, x)
    x4_over_4 = divide_by_power_of_two(multiply_high(x2, x2), 2)
    higher = divide_by_power_of_two(multiply_high(x4_over_4 + x3, _q(1 / 3, 0)) + x2, 1)
    constant = _q(math.exp(-1 / 8), 0)
    return constant + multiply_high(x + higher, constant)


def exp_on_negative_values(a: Int, integer_bits: int) -> Int:
    """exp(a) in Q0 for a <= 0 in Q`integer_bits`, at most 5 of them."""
    fraction_bits = 31 - integer_bits
    quarter = 1 << (fraction_bits - 2)
    near = (a & (quarter - 1)) - quarter
    result = _exp_near_zero(near << integer_bits)
    remainder = near - a
    for exponent in range(_FIRST_EXPONENT, integer_bits):
        bit = 1 << (fraction_bits + exponent)
        factor = _q(math.exp(-(2.0**exponent)), 0)
        result = np.where(remainder & bit, multiply_high(result, factor), result)
    return np.where(a == 0, ONE, result)


def _reciprocal_q2(x: Int) -> Int:
    """2 / (1 + x) in Q2 for x in Q0, 0 <= x <= 1."""
    half = (x + ONE + 1) >> 1
    y = _q(48 / 17, 2) + multiply_high(half, _q(-32 / 17, 2))
    for _ in range(3):
        error = _ONE_Q2 - multiply_high(half, y)
        y = y + _saturating_shift_left(multiply_high(y, error), 2)
    return y


def one_over_one_plus(x: Int) -> Int:
    """1 / (1 + x) in Q0 for x in Q0, 0 <= x <= 1."""
    return _saturating_shift_left(_reciprocal_q2(x), 1)


def logistic(a: Int, integer_bits: int) -> Int:
    """1 / (1 + exp(-a)) in Q0 for a in Q`integer_bits`."""
    positive = one_over_one_plus(exp_on_negative_values(-np.abs(a), integer_bits))
    return np.where(a == 0, 1 << 30, np.where(a > 0, positive, ONE - positive))


def tanh(a: Int, integer_bits: int) -> Int:
    """tanh(a) = (1 - exp(-2a)) / (1 + exp(-2a)) in Q0 for a in Q`integer_bits`."""
    decay = exp_on_negative_values(-np.abs(a), integer_bits + 1)
    positive = _saturating_shift_left(_reciprocal_q2(decay) - _ONE_Q2, 2)
    return np.where(a == 0, 0, np.where(a > 0, positive, -positive))
