"""int8 functions of one element as tables of their 256 outputs.

Where TFLM has an int8 kernel, the table repeats its arithmetic; elsewhere it is the real
function between the two scales, in single precision, rounded to nearest, ties away from zero:
what the tables of TensorFlow Lite contain (the TFLite 8-bit quantization specification), but for
SQRT, which TensorFlow Lite rounds down. Its NEG leaves zero points out and is not repeated.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from hilbench.engines.aot.numerics.affine import INT8_MAX, INT8_MIN, Affine
from hilbench.engines.aot.numerics.fixed_point import (
    Int,
    divide_by_power_of_two,
    quantize_multiplier,
    rescale,
)
from hilbench.engines.aot.numerics.inverse_sqrt import inverse_sqrt

Floats = NDArray[np.float32]
Table = NDArray[np.int8]

_RSQRT_BITS = 20
_INT16_MIN, _INT16_MAX = -(1 << 15), (1 << 15) - 1


def inputs(source: Affine) -> Int:
    """All int8 inputs, counted from their zero point."""
    return np.arange(INT8_MIN, INT8_MAX + 1, dtype=np.int64) - source.zero_point


def _nearest(x: Floats) -> Floats:
    return np.asarray(np.sign(x) * np.floor(np.abs(x) + np.float32(0.5)))


def table_of(
    function: Callable[[Floats], Floats],
    source: Affine,
    out: Affine,
    whole: Callable[[Floats], Floats] = _nearest,
) -> Table:
    """The real `function` between two scales; not-a-number becomes 0, infinities are clipped."""
    x = inputs(source).astype(np.float32) * np.float32(source.scale)
    with np.errstate(all="ignore"):
        scaled = function(x) * (np.float32(1.0) / np.float32(out.scale))
    return _clipped(np.nan_to_num(whole(scaled), nan=0.0).astype(np.float64), out)


def sqrt_s8(source: Affine, out: Affine) -> Table:
    """sqrt(x), rounded down: what TensorFlow Lite has, and TFLM has none."""
    return table_of(np.sqrt, source, out, np.floor)


def looked_up(table: Table, x: Int) -> Int:
    """What a table of the outputs of all int8 inputs says of these."""
    return np.asarray(table[x - INT8_MIN], np.int64)


def abs_s8(source: Affine, out: Affine) -> Table:
    x = np.abs(inputs(source))
    if source.scale != out.scale:
        x = rescale(x, *quantize_multiplier(source.scale / out.scale))
    return _clipped(x, out)


def leaky_relu_s8(source: Affine, out: Affine, alpha: float) -> Table:
    """Either side of 0 has a factor of its own."""
    x = inputs(source)
    positive = rescale(x, *quantize_multiplier(source.scale / out.scale))
    factor = source.scale * float(np.float32(alpha)) / out.scale
    negative = np.sign(factor) * rescale(x, *quantize_multiplier(abs(factor)))
    return _clipped(np.where(x >= 0, positive, negative), out)


def rsqrt_s8(source: Affine, out: Affine) -> Table:
    """1 / sqrt(x); the largest output where x is not positive."""
    multiplier, shift = quantize_multiplier(1.0 / (np.sqrt(source.scale) * out.scale))
    outputs = []
    for x in inputs(source).tolist():
        if x <= 0:
            outputs.append(INT8_MAX - out.zero_point)
            continue
        root, exponent = inverse_sqrt(x)
        y = rescale(np.array([1]), root, exponent + _RSQRT_BITS)
        outputs.append(int(rescale(y, multiplier, shift - _RSQRT_BITS)[0]))
    return _clipped(np.array(outputs), out)


def hard_swish_s8(source: Affine, out: Affine) -> Table:
    """x * relu6(x + 3) / 6 in 16-bit fixed point.

    The input has 7 more bits than int8; relu6(x + 3) / 6 is (1 + x / 3) / 2, saturated, in Q15.
    """
    fine = source.scale / 128.0
    x = inputs(source) << 7
    out_multiplier, out_exponent = _multiplier_16(fine / out.scale)
    multiplier, exponent = _multiplier_16(fine / (3.0 / 32768.0))
    gate = x
    if exponent > 0:
        gate = np.clip(gate << (exponent - 1), _INT16_MIN, _INT16_MAX)
    gate = _multiply_high_16(gate, multiplier)
    if exponent > 0:
        gate = np.clip(gate << 1, _INT16_MIN, _INT16_MAX)
    elif exponent < 0:
        gate = divide_by_power_of_two(gate, -exponent)
    gate = (gate + (1 << 15)) >> 1
    product = gate * _multiply_high_16(x, out_multiplier)
    # Without rounding, towards zero.
    high = np.sign(product) * (np.abs(product) >> 15)
    return _clipped(divide_by_power_of_two(high, -out_exponent), out)


def _multiplier_16(real: float) -> tuple[int, int]:
    multiplier, shift = quantize_multiplier(real)
    if multiplier >= (1 << 31) - (1 << 15):
        return _INT16_MAX, shift
    return (multiplier + (1 << 15)) >> 16, shift


def _multiply_high_16(a: Int, b: int) -> Int:
    """a * b / 2**15 of int16 values, rounded to nearest, ties up."""
    return np.asarray(np.minimum((a * b + (1 << 14)) >> 15, _INT16_MAX))


def _clipped(values: NDArray[np.generic], out: Affine) -> Table:
    """Values counted from the output's zero point, as the int8 that they become."""
    return np.asarray(np.clip(values + out.zero_point, INT8_MIN, INT8_MAX), np.int8)
