"""SOFTMAX and LOG_SOFTMAX in int8: a table of the exponentials of all 256 differences."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hilbench.core.errors import Unsupported
from hilbench.engines.aot.numerics import transcendental
from hilbench.engines.aot.numerics.affine import Affine
from hilbench.engines.aot.numerics.fixed_point import multiply_high, quantize_multiplier, wrap_int32

_INTEGER_BITS = 5  # TFLM's format of beta * (in - max)
_OUTPUT = Affine(1 / 256, -128)
_LOG_OUTPUT = Affine(1 / 16, 127)


def exps_s8(source: Affine, out: Affine, beta: float) -> npt.NDArray[np.int32]:
    """exp(-beta * scale * d) in Q0 for d = 255, 254 to 0: (256,) int32.

    0 where TFLM leaves the difference out because its fixed-point number
    could overflow.
    """
    if out != _OUTPUT:
        raise Unsupported(f"SOFTMAX with output scale {out.scale}, zero point {out.zero_point}")
    return exps_of_differences(source, beta)


def exps_of_differences(source: Affine, beta: float) -> npt.NDArray[np.int32]:
    """What `exps_s8` is, for any output."""
    multiplier, shift, radius = _argument(source, beta)
    differences = np.arange(256, dtype=np.int64)
    counted = differences <= radius
    scaled = multiply_high(wrap_int32(-differences << shift), multiplier)
    exps = transcendental.exp_on_negative_values(np.where(counted, scaled, 0), _INTEGER_BITS)
    return np.where(counted, exps, 0).astype(np.int32)[::-1].copy()


@dataclass(frozen=True)
class LogSoftmax:
    """Fields of `struct log_softmax_s8_params`."""

    multiplier: int
    shift: int
    divisor: int
    divisor_shift: int
    least: int


def log_softmax_s8(source: Affine, out: Affine) -> LogSoftmax:
    """From differences of inputs to Q5, and back. Raises Unsupported."""
    if out != _LOG_OUTPUT:
        raise Unsupported(f"LOG_SOFTMAX with output scale {out.scale}, zero point {out.zero_point}")
    multiplier, shift, radius = _argument(source, 1.0)
    divisor, divisor_shift = quantize_multiplier(2.0 ** (31 - shift) / multiplier)
    return LogSoftmax(multiplier, shift, divisor, -divisor_shift, -radius)


def _argument(source: Affine, beta: float) -> tuple[int, int, int]:
    """Multiplier and shift to Q5, and the largest difference of inputs that does not overflow."""
    factor = min(beta * source.scale * 2.0 ** (31 - _INTEGER_BITS), 2.0**31 - 1)
    if factor <= 1.0:
        raise Unsupported(f"SOFTMAX with input scale {source.scale} and beta {beta}")
    multiplier, shift = _any_multiplier(factor)
    return multiplier, shift, math.floor(31 * 2.0 ** (31 - _INTEGER_BITS - shift))


def _any_multiplier(factor: float) -> tuple[int, int]:
    """quantize_multiplier for factors of 1 to 2**31."""
    multiplier, shift = quantize_multiplier(factor / 2.0)
    return multiplier, shift + 1
