"""Constants of ADD, SUB, MUL, and of int8 QUANTIZE, RELU and RELU6."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hilbench.core.errors import Unsupported
from hilbench.engines.aot.numerics.affine import (
    INT8_MAX,
    INT8_MIN,
    Affine,
    limits_s8,
    quantize_real,
)
from hilbench.engines.aot.numerics.fixed_point import quantize_multiplier, rescale

_RESCALE_BITS = 30  # as firmware/kernels/fixed_point.h says
COMMON_SHIFT = 20  # both operands of ADD and SUB are shifted left by this


@dataclass(frozen=True)
class SumS8:
    """Scalar fields of add_s8_params and sub_s8_params."""

    multiplier_a: int
    multiplier_b: int
    multiplier_out: int
    shift_a: int
    shift_b: int
    shift_out: int
    zero_point_a: int
    zero_point_b: int
    zero_point_out: int
    min: int
    max: int


@dataclass(frozen=True)
class MulS8:
    """Scalar fields of mul_s8_params."""

    multiplier: int
    shift: int
    zero_point_a: int
    zero_point_b: int
    zero_point_out: int
    min: int
    max: int


@dataclass(frozen=True)
class RequantizeS8:
    """Scalar fields of requantize_s8_params."""

    multiplier: int
    shift: int
    input_zero_point: int
    output_zero_point: int
    min: int
    max: int


def add_s8(a: Affine, b: Affine, out: Affine, activation: str = "NONE") -> SumS8:
    """ADD, and SUB, which differs only in the sign that the kernel gives b."""
    factors = operand_factors(a, b, out, COMMON_SHIFT)
    (m_a, s_a), (m_b, s_b), (m_out, s_out) = (quantize_multiplier(x) for x in factors)
    zero_points = (a.zero_point, b.zero_point, out.zero_point)
    return SumS8(m_a, m_b, m_out, s_a, s_b, s_out, *zero_points, *limits_s8(activation, out))


def operand_factors(a: Affine, b: Affine, out: Affine, shift: int) -> tuple[float, float, float]:
    """Of either operand of ADD and SUB to a common scale, 2^-shift times finer, and to the output.

    Raises Unsupported unless all are below 1.
    """
    common = 2.0 * max(a.scale, b.scale)
    factors = (a.scale / common, b.scale / common, common / (2.0**shift * out.scale))
    if not all(0.0 < factor < 1.0 for factor in factors):
        raise Unsupported(f"ADD or SUB with scales {a.scale}, {b.scale}, {out.scale}")
    return factors


def mul_s8(a: Affine, b: Affine, out: Affine, activation: str = "NONE") -> MulS8:
    multiplier, shift = _factor("MUL", a.scale * b.scale / out.scale, bits=16)
    zero_points = (a.zero_point, b.zero_point, out.zero_point)
    return MulS8(multiplier, shift, *zero_points, *limits_s8(activation, out))


def requantize_s8(source: Affine, out: Affine) -> RequantizeS8:
    """QUANTIZE from int8 to int8."""
    multiplier, shift = _factor("QUANTIZE", source.scale / out.scale, bits=8)
    return RequantizeS8(multiplier, shift, source.zero_point, out.zero_point, INT8_MIN, INT8_MAX)


def relu_s8(source: Affine, out: Affine, name: str = "RELU") -> RequantizeS8:
    """RELU or RELU_N1_TO_1 in int8."""
    multiplier, shift = _factor(name, source.scale / out.scale, bits=8)
    low, high = limits_s8(name, out)
    return RequantizeS8(multiplier, shift, source.zero_point, out.zero_point, low, high)


def relu6_s8(source: Affine) -> RequantizeS8:
    """RELU6 in int8: TFLM clips and takes the output to have the input's scale."""
    six = min(INT8_MAX, quantize_real(6.0, source))
    multiplier, shift = quantize_multiplier(1.0)
    zero = source.zero_point
    return RequantizeS8(multiplier, shift, zero, zero, zero, six)


def _factor(operator: str, real: float, bits: int) -> tuple[int, int]:
    """quantize_multiplier, refused where 2**bits * real leaves the range of rescale()."""
    multiplier, shift = quantize_multiplier(real)
    if shift + bits > _RESCALE_BITS:
        raise Unsupported(f"{operator} with a factor of {real} between scales")
    return multiplier, shift


def bytes_table(source: Affine, out: Affine, source_type: str, out_type: str) -> NDArray[np.uint8]:
    """QUANTIZE between int8 and uint8: the byte of the output for each byte of the input."""
    multiplier, shift = _factor("QUANTIZE", source.scale / out.scale, bits=9)
    values = np.arange(256, dtype=np.uint8).view(source_type).astype(np.int64)
    limits = np.iinfo(out_type)
    found = rescale(values - source.zero_point, multiplier, shift) + out.zero_point
    return np.clip(found, limits.min, limits.max).astype(out_type).view(np.uint8)
