"""Constants of operators on int16 activations with int8 weights (16x8).

Zero points are 0. Sums have 64 bits and factors 15 (firmware/kernels/wide.h); products and sums
of two activations are those of int8 with other shifts.
Source: the TFLite 16x8 quantization specification; every kernel is compared with the wheel.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hilbench.core.errors import Unsupported
from hilbench.engines.aot.numerics.affine import Affine, limits_s16
from hilbench.engines.aot.numerics.elementwise import operand_factors
from hilbench.engines.aot.numerics.fixed_point import quantize_multiplier

Floats = npt.NDArray[np.float32]
Table = npt.NDArray[np.int16]

SUM_LIMIT = 1 << 47  # of rescale_wide()
VALUE = Affine(2.0**-15, 0)  # of what LOGISTIC, TANH and SOFTMAX give
_MOST_SHIFT = 7
_COMMON_SHIFT = 15  # both operands of ADD and SUB are shifted left by this
_RESCALE_BITS = 30
_INT16 = np.iinfo(np.int16)
_ALL = 65535  # steps of int16 from the least to the greatest
_CELLS = 512
_LEAST_EXP = 10.0  # exp(-10) is the least that SOFTMAX sums


@dataclass(frozen=True)
class WideFactor:
    """multiplier / 2^shift, as rescale_wide() takes it."""

    multiplier: int
    shift: int


@dataclass(frozen=True)
class SumS16:
    """Scalar fields of add_s16_params and sub_s16_params."""

    multiplier_a: int
    multiplier_b: int
    multiplier_out: int
    shift_a: int
    shift_b: int
    shift_out: int
    min: int
    max: int


@dataclass(frozen=True)
class ProductS16:
    """Scalar fields of mul_s16_params."""

    multiplier: int
    shift: int
    min: int
    max: int


@dataclass(frozen=True)
class SquaredDifferenceS16:
    """Scalar fields of squared_difference_s16_params."""

    multiplier_a: int
    multiplier_b: int
    multiplier_out: int
    shift_a: int
    shift_b: int
    shift_out: int


@dataclass(frozen=True)
class LeakyReluS16:
    """Scalar fields of leaky_relu_s16_params."""

    multiplier: int
    multiplier_alpha: int
    shift: int
    shift_alpha: int
    is_negative: int


@dataclass(frozen=True)
class ReluS16:
    """Scalar fields of relu_s16_params."""

    multiplier: int
    shift: int
    min: int
    max: int


@dataclass(frozen=True)
class RescaleS16:
    """A factor as of rescale(): fields of the requantize kernels, of logistic_s16 and tanh_s16."""

    multiplier: int
    shift: int


def wide_factor(real: float) -> WideFactor:
    """Raises Unsupported for a factor of 2^7 and more, where a sum may leave 32 bits."""
    multiplier, shift = quantize_multiplier(real)
    if shift > _MOST_SHIFT:
        raise Unsupported(f"a factor of {real} between scales is too large for 16 bits")
    short = min((multiplier + (1 << 15)) >> 16, (1 << 15) - 1)
    return WideFactor(short, 15 - shift)


def wide_channels(
    source: Affine, weight_scales: Sequence[float], out: Affine, channels: int
) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int8]]:
    """(multipliers, shifts), each (channels,); a single scale is that of all channels."""
    scales = list(weight_scales) * (channels if len(weight_scales) == 1 else 1)
    found = [wide_factor(source.scale * scale / out.scale) for scale in scales]
    multipliers = np.array([factor.multiplier for factor in found], np.int16)
    return multipliers, np.array([factor.shift for factor in found], np.int8)


def sum_s16(a: Affine, b: Affine, out: Affine, activation: str) -> SumS16:
    """ADD, and SUB."""
    factors = operand_factors(a, b, out, _COMMON_SHIFT)
    (m_a, s_a), (m_b, s_b), (m_out, s_out) = (quantize_multiplier(x) for x in factors)
    return SumS16(m_a, m_b, m_out, s_a, s_b, s_out, *limits_s16(activation, out))


def product_s16(a: Affine, b: Affine, out: Affine, activation: str) -> ProductS16:
    """MUL."""
    multiplier, shift = quantize_multiplier(a.scale * b.scale / out.scale)
    return ProductS16(multiplier, shift, *limits_s16(activation, out))


def squared_difference_s16(a: Affine, b: Affine, out: Affine) -> SquaredDifferenceS16:
    common = 2.0 * max(a.scale, b.scale)
    real = common * common / out.scale
    factors = (a.scale / common, b.scale / common, real)
    (m_a, s_a), (m_b, s_b), (m_out, s_out) = (quantize_multiplier(x) for x in factors)
    if s_out > 0:
        raise Unsupported(f"SQUARED_DIFFERENCE with a factor of {real} between scales")
    return SquaredDifferenceS16(m_a, m_b, m_out, s_a, s_b, s_out)


def abs_s16(source: Affine, out: Affine) -> RescaleS16:
    """A multiplier of 0 where the scales are the same: nothing is rounded then."""
    return RescaleS16(0, 0) if source.scale == out.scale else _scaled("ABS", source, out)


def leaky_relu_s16(source: Affine, out: Affine, alpha: float) -> LeakyReluS16:
    """Either side of 0 has a factor of its own."""
    slope = source.scale * float(np.float32(alpha)) / out.scale
    factors = [_factor("LEAKY_RELU", real) for real in (source.scale / out.scale, abs(slope))]
    (multiplier, shift), (below, shift_below) = factors
    return LeakyReluS16(multiplier, below, shift, shift_below, int(slope < 0))


def relu_s16(source: Affine, out: Affine, name: str) -> ReluS16:
    """RELU6 is clipped by the input's scale, which TFLM takes to be the output's."""
    if name == "RELU6":
        return ReluS16(*quantize_multiplier(1.0), *limits_s16(name, source))
    return ReluS16(*_factor(name, source.scale / out.scale), *limits_s16(name, out))


def rsqrt_s16(source: Affine, out: Affine) -> RescaleS16:
    """1 / sqrt(x), as int8 has it."""
    real = 1.0 / (math.sqrt(source.scale) * out.scale)
    multiplier, shift = quantize_multiplier(real)
    if not -11 <= shift < _RESCALE_BITS:  # roots have 20 bits, and are scaled up by 2^9 at most
        raise Unsupported(f"RSQRT with a factor of {real} between scales")
    return RescaleS16(multiplier, shift)


def _scaled(name: str, source: Affine, out: Affine) -> RescaleS16:
    return RescaleS16(*_factor(name, source.scale / out.scale))


def _factor(name: str, real: float) -> tuple[int, int]:
    """quantize_multiplier, refused where 2^15 times it leaves the range of rescale()."""
    multiplier, shift = quantize_multiplier(real)
    if shift + 16 > _RESCALE_BITS:
        raise Unsupported(f"{name} with a factor of {real} between scales")
    return multiplier, shift


def requantize_s16(source: Affine, out: Affine) -> RescaleS16:
    """QUANTIZE between int16 and int16 or int8."""
    return _scaled("QUANTIZE", source, out)


def table_argument(name: str, source: Affine, out: Affine) -> RescaleS16:
    """From inputs of LOGISTIC or TANH to units of 2^-12 / 3, in * multiplier / 2^shift.

    A scale that is almost a power of two counts as one, as the reference kernels have it.
    """
    if not _is_power_of_two(out.scale, (-15,)):
        raise Unsupported(f"{name} with output scale {out.scale} in 16 bits, not 2^-15")
    powers = (-12, -11) if name == "TANH" else (-12,)
    if _is_power_of_two(source.scale, powers):
        return RescaleS16(3 << (round(math.log2(source.scale)) + 12), 0)
    real, shift = source.scale * 4096.0 * 3.0, 0
    while real <= 32767.0 / 2.0 and shift <= 30:
        real, shift = 2.0 * real, shift + 1
    if real >= 1 << 15:
        raise Unsupported(f"{name} with input scale {source.scale} in 16 bits")
    return RescaleS16(int(real), shift)


def _is_power_of_two(scale: float, powers: Sequence[int]) -> bool:
    logarithm = math.log2(np.float32(scale))
    return round(logarithm) in powers and abs(logarithm - round(logarithm)) < 1e-3


def softmax_argument(source: Affine, out: Affine, beta: float) -> RescaleS16:
    """From differences of inputs of SOFTMAX to 65535 for 10."""
    if out != VALUE:
        raise Unsupported(f"SOFTMAX with output scale {out.scale} in 16 bits, not 2^-15")
    real = source.scale * beta / (_LEAST_EXP / _ALL)
    multiplier, shift = quantize_multiplier(real)
    if shift + 17 > _RESCALE_BITS + 1:
        raise Unsupported(f"SOFTMAX with input scale {source.scale} in 16 bits")
    return RescaleS16(multiplier, shift)


def exps() -> Table:
    """exp from -10 to 0, for softmax_s16: (513,)."""
    return _samples(np.exp, _LEAST_EXP, _INT16.max)


def reciprocals() -> Table:
    """1 / (1 + x) from 0 to 1, for softmax_s16: (513,)."""
    return _samples(lambda x: np.float32(1) / (np.float32(1) + x), 1.0, _INT16.min)


def _samples(function: Callable[[Floats], Floats], width: float, zero_point: int) -> Table:
    """The function where the cells begin, in units of 2^-15, and where the last one ends.

    All int16 stand for arguments over `width`, of which `zero_point` is 0. Each sample but the last
    is less by half of what a chord is too high in the middle of its cell. All is computed in single
    precision, as the wheel does.
    """
    one, two = np.float32(1), np.float32(2)
    scale, unit = np.float32(width) / np.float32(_ALL), two / np.float32(_ALL)
    ends = np.array([_INT16.min, _INT16.max])
    least, last = scale * (ends - zero_point).astype(np.float32)
    low, high = unit * ends.astype(np.float32)
    units = np.float32(_ALL + 1) / (high - low)
    step = (last - least) / np.float32(_CELLS)
    at = np.arange(_CELLS, dtype=np.float32)
    here, there = function(least + at * step), function(least + (at + one) * step)
    middle = function(least + at * step + step / two)
    sample = _rounded(here * units)
    chord = _rounded((there * units + sample) / two)
    bias = _rounded((chord - _rounded(middle * units)) / two)
    values = np.append(sample - bias, _rounded(function(np.array([last])) * units))
    return np.clip(values, _INT16.min, _INT16.max).astype(np.int16)


def _rounded(x: Floats) -> Floats:
    """To the nearest integer, ties away from zero."""
    whole = np.sign(x) * np.floor(np.abs(x) + np.float32(0.5))
    return np.asarray(whole, np.float32)
