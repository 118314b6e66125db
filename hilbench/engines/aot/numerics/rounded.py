"""Constants of firmware/kernels/rescale_s8.h: a factor together with the output's zero point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hilbench.engines.aot.numerics.affine import INT8_MAX, INT8_MIN
from hilbench.engines.aot.numerics.elementwise import MulS8

SHORT_SHIFTS = range(1, 23)  # rounding and a result of 2^31 / 2^shift stay inside of int32


@dataclass(frozen=True)
class Rounded:
    """multiplier * 2^(-31 - shift) of a doubled value; rounding has the zero point."""

    multiplier: int
    rounding: int
    shift: int


@dataclass(frozen=True)
class MulRoundedS8(Rounded):
    """Scalar fields of mul_rounded_s8_params."""

    zero_point_a: int
    zero_point_b: int


def rounded(multiplier: int, shift: int, zero_point: int) -> Rounded | None:
    """multiplier * 2^(shift - 31) and the output's zero point; None outside of the range."""
    if -shift not in SHORT_SHIFTS:
        return None
    rounding = (1 << (-shift - 1)) + (zero_point << -shift)
    return Rounded(multiplier, rounding, -shift)


def rounded_channels(
    multipliers: npt.NDArray[np.int32], shifts: npt.NDArray[np.int8], zero_point: int
) -> npt.NDArray[np.int32] | None:
    """(channels, 3): multiplier, rounding and shift of each; None where one is out of range."""
    pairs = zip(multipliers.tolist(), shifts.tolist(), strict=True)
    found = [rounded(*pair, zero_point) for pair in pairs]
    known = [[c.multiplier, c.rounding, c.shift] for c in found if c is not None]
    if len(known) < len(found):
        return None
    return np.array(known, np.int32).reshape(-1, 3)


def mul_rounded_s8(c: MulS8) -> MulRoundedS8 | None:
    """The same constants for mul_rounded_s8, or None where only mul_s8 is right."""
    found = rounded(c.multiplier, c.shift, c.zero_point_out)
    if found is None or (c.min, c.max) != (INT8_MIN, INT8_MAX):
        return None
    return MulRoundedS8(**vars(found), zero_point_a=c.zero_point_a, zero_point_b=c.zero_point_b)
