"""Fixed-point arithmetic of firmware/kernels/fixed_point.h, on int64 arrays.

Source: Jacob et al., arXiv 1712.05877, section 2.2 and appendix B.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from hilbench.core.errors import Unsupported

Int = npt.NDArray[np.int64]


def quantize_multiplier(real: float) -> tuple[int, int]:
    """(multiplier, shift) with real ~ multiplier * 2**(shift - 31).

    2**30 <= multiplier < 2**31, rounded to nearest; a factor below 2**-32 is
    (0, 0), as in TFLite. `real` is the quotient of scales in double precision,
    as the `tflite-micro` wheel computes it everywhere (older versions of TFLM
    used single precision here and there). Raises Unsupported for a factor
    that is negative, not finite, or 2**30 and more.
    """
    if not (math.isfinite(real) and real >= 0.0):
        raise Unsupported(f"a factor of {real} between scales makes no sense")
    fraction, shift = math.frexp(real)
    multiplier = math.floor(fraction * 2.0**31 + 0.5)
    if multiplier == 1 << 31:
        multiplier, shift = 1 << 30, shift + 1
    if shift < -31:
        return 0, 0
    if shift > 30:
        raise Unsupported(f"a factor of {real} between scales is too large")
    return multiplier, shift


def wrap_int32(x: Int) -> Int:
    """`x` modulo 2**32, in the range of int32."""
    return (x + (1 << 31)) % (1 << 32) - (1 << 31)


def multiply_high(a: Int, b: Int | int) -> Int:
    """a * b / 2**31 of int32 values, rounded to nearest, ties up."""
    return (a * b + (1 << 30)) >> 31


def divide_by_power_of_two(x: Int, n: int) -> Int:
    """x / 2**n, rounded to nearest, ties away from zero."""
    if n == 0:
        return x
    return (x + (1 << (n - 1)) - (x < 0)) >> n


def rescale(x: Int, multiplier: int, shift: int) -> Int:
    """x * multiplier * 2**(shift - 31) of int32 values, rounded twice as TFLM does."""
    shifted = wrap_int32(x << max(shift, 0))
    return divide_by_power_of_two(multiply_high(shifted, multiplier), max(-shift, 0))
