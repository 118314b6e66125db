"""Constants of int8 comparisons, DIV, SQUARED_DIFFERENCE and PRELU."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hilbench.core.errors import Unsupported
from hilbench.engines.aot.numerics.affine import Affine
from hilbench.engines.aot.numerics.fixed_point import quantize_multiplier
from hilbench.engines.aot.numerics.transcendental import one_over_one_plus

_DIV_HEADROOM = 22  # a dividend of 9 bits is shifted left by as much at least
SQUARE_SHIFT = 7  # both operands of SQUARED_DIFFERENCE are shifted left by this


@dataclass(frozen=True)
class ComparisonS8:
    """The fields of struct comparison_s8."""

    multiplier_a: int
    multiplier_b: int
    shift_a: int
    shift_b: int
    zero_point_a: int
    zero_point_b: int


@dataclass(frozen=True)
class DivS8:
    """Scalar fields of div_s8_params but for its limits."""

    multiplier: int
    shift: int
    zero_point_a: int
    zero_point_b: int
    zero_point_out: int


@dataclass(frozen=True)
class SquaredDifferenceS8:
    """Scalar fields of squared_difference_s8_params."""

    multiplier_a: int
    multiplier_b: int
    multiplier_out: int
    shift_a: int
    shift_b: int
    shift_out: int
    zero_point_a: int
    zero_point_b: int
    zero_point_out: int


@dataclass(frozen=True)
class PreluS8:
    """Scalar fields of prelu_s8_params."""

    multiplier: int
    multiplier_alpha: int
    shift: int
    shift_alpha: int
    zero_point_a: int
    zero_point_b: int
    zero_point_out: int


def comparison_s8(a: Affine, b: Affine) -> ComparisonS8:
    """Each operand is multiplied with its own scale, which must be below 1."""
    for operand in (a, b):
        if not operand.scale < 1.0:
            raise Unsupported(f"a comparison with the scale {operand.scale}")
    (m_a, s_a), (m_b, s_b) = quantize_multiplier(a.scale), quantize_multiplier(b.scale)
    return ComparisonS8(m_a, m_b, s_a, s_b, a.zero_point, b.zero_point)


def div_s8(a: Affine, b: Affine, out: Affine) -> DivS8:
    real = a.scale / (b.scale * out.scale)
    multiplier, shift = quantize_multiplier(real)
    if not -24 <= shift <= _DIV_HEADROOM:
        raise Unsupported(f"a factor of {real} between scales")
    return DivS8(multiplier, shift, a.zero_point, b.zero_point, out.zero_point)


def reciprocals() -> NDArray[np.int32]:
    """1 / (1 + x) in Q0 for each divisor 2^n (1 + x) from 1 to 255; element 0 is not used."""
    divisors = np.arange(1, 256, dtype=np.int64)
    bits = np.array([int(divisor).bit_length() - 1 for divisor in divisors])
    fractions = (divisors << (31 - bits)) - (1 << 31)
    return np.concatenate([[0], one_over_one_plus(fractions)]).astype(np.int32)


def squared_difference_s8(a: Affine, b: Affine, out: Affine) -> SquaredDifferenceS8:
    common = 2.0 * max(a.scale, b.scale)
    factors = (
        a.scale / common,
        b.scale / common,
        common * common / (2.0 ** (2 * SQUARE_SHIFT) * out.scale),
    )
    (m_a, s_a), (m_b, s_b), (m_out, s_out) = (quantize_multiplier(x) for x in factors)
    zero_points = (a.zero_point, b.zero_point, out.zero_point)
    return SquaredDifferenceS8(m_a, m_b, m_out, s_a, s_b, s_out, *zero_points)


def prelu_s8(a: Affine, alpha: Affine, out: Affine) -> PreluS8:
    multiplier, shift = quantize_multiplier(a.scale / out.scale)
    multiplier_alpha, shift_alpha = quantize_multiplier(a.scale * alpha.scale / out.scale)
    zero_points = (a.zero_point, alpha.zero_point, out.zero_point)
    return PreluS8(multiplier, multiplier_alpha, shift, shift_alpha, *zero_points)
