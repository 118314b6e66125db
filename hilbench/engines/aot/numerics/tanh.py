"""TANH and LOGISTIC in int8: one step function of x for both, at every input scale.

TANH gives round(128 * tanh(x)), LOGISTIC round(256 * logistic(x)) - 128 =
round(128 * tanh(x / 2)). TFLM evaluates either in fixed point for each element;
the kernel finds x in a table of where the output steps, that all operators of
a model share. Here every one of an operator's 256 inputs is checked against
TFLM's own arithmetic.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from hilbench.core.errors import Unsupported
from hilbench.engines.aot.numerics import transcendental
from hilbench.engines.aot.numerics.affine import INT8_MAX, INT8_MIN, Affine
from hilbench.engines.aot.numerics.fixed_point import Int, divide_by_power_of_two, rescale

# As in firmware/kernels/tanh.h.
CELLS, FRACTION_BITS, CELL_BITS = 512, 23, 16

_INTEGER_BITS = 4  # TFLM's format of x
_SEARCH = 512  # multipliers that are tried on either side of the nearest one
_OUTPUTS = {"TANH": Affine(1 / 128, 0), "LOGISTIC": Affine(1 / 256, -128)}


@dataclass(frozen=True)
class StepTable:
    """The fields of tanh_s8_table: `cells` (512,) int32."""

    cells: npt.NDArray[np.int32]


@dataclass(frozen=True)
class TanhS8:
    """Scalar fields of tanh_s8_params."""

    multiplier: int
    input_zero_point: int


@cache
def step_table() -> StepTable:
    """The table that every tanh_s8 operator refers to."""
    ends = np.arctanh((np.arange(INT8_MAX + 1) + 0.5) / 128)  # of outputs 0 to 127
    steps = np.round(ends * 2.0**FRACTION_BITS).astype(np.int64)
    starts = np.arange(CELLS) << CELL_BITS
    outputs = np.searchsorted(steps, starts, side="right")
    to_next = np.append(steps, 1 << 30)[outputs] - starts
    left = (1 << CELL_BITS) - np.minimum(to_next, 1 << CELL_BITS)
    return StepTable(((outputs << CELL_BITS) + left).astype(np.int32))


def tanh_s8(operator: str, source: Affine, out: Affine) -> TanhS8 | None:
    """Constants of TANH or LOGISTIC, or None where only `lut_s8` is exact.

    The multiplier is the nearest one to the scale for which the kernel agrees
    with TFLM on all 256 inputs. There is none for input scales of 1/2 and
    more (LOGISTIC: 1).
    """
    expected = outputs_s8(operator, source, out)
    scale = source.scale if operator == "TANH" else source.scale / 2
    nearest = round(scale * 2.0**32)
    offsets = np.arange(-_SEARCH, _SEARCH + 1)
    candidates = nearest + offsets[np.argsort(np.abs(offsets), kind="stable")]
    candidates = candidates[(candidates >= 0) & (candidates < 1 << 31)]
    for some in np.split(candidates, range(1, len(candidates), 64)):
        agrees = (_kernel(some[:, None], source.zero_point) == expected).all(axis=1)
        if agrees.any():
            return TanhS8(int(some[agrees.argmax()]), source.zero_point)
    return None


def _kernel(multiplier: Int, zero_point: int) -> npt.NDArray[np.int8]:
    """What tanh_s8 gives for the inputs -128..127, along the last axis."""
    centred = np.arange(INT8_MIN, INT8_MAX + 1) - zero_point
    x = (centred * multiplier) >> 9
    sign = x >> 63
    cell = step_table().cells[np.minimum((x ^ sign) >> CELL_BITS, CELLS - 1)].astype(np.int64)
    y: Int = ((cell ^ sign) + (x & ((1 << CELL_BITS) - 1))) >> CELL_BITS
    return y.clip(INT8_MIN, INT8_MAX).astype(np.int8)


def outputs_s8(operator: str, source: Affine, out: Affine) -> npt.NDArray[np.int8]:
    """TFLM's outputs for the inputs -128..127: (256,) int8, the table of `lut_s8`."""
    if out != _OUTPUTS[operator]:
        raise Unsupported(f"{operator} with output scale {out.scale}, zero point {out.zero_point}")
    fraction, shift = math.frexp(source.scale * 2.0 ** (31 - _INTEGER_BITS))
    multiplier = math.floor(fraction * 2.0**31 + 0.5)
    radius = math.floor(15 * 2.0 ** (31 - _INTEGER_BITS - shift))
    centred = np.arange(INT8_MIN, INT8_MAX + 1, dtype=np.int64) - source.zero_point
    inside = np.abs(centred) < radius
    x = rescale(np.where(inside, centred, 0), multiplier, shift)
    if operator == "TANH":
        y = divide_by_power_of_two(transcendental.tanh(x, _INTEGER_BITS), 24)
    else:
        y = divide_by_power_of_two(transcendental.logistic(x, _INTEGER_BITS), 23) + INT8_MIN
    y = np.where(inside, y, np.where(centred <= -radius, INT8_MIN, INT8_MAX))
    return np.clip(y, INT8_MIN, INT8_MAX).astype(np.int8)
