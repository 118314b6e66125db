"""TANH and LOGISTIC in int8: one step function of x for both, at every input scale.

TANH gives round(128 * tanh(x)), LOGISTIC round(256 * logistic(x)) - 128 =
round(128 * tanh(x / 2)). TFLM evaluates either in fixed point for each element;
the kernel finds x in a table of where the output steps, that all operators of
a model share. Constants are chosen such that all of an operator's 256 outputs are
those of TFLM's own arithmetic.
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

# As in firmware/kernels/tanh.h: cells, cells of x = 1, and fraction bits of x in cells, the
# first ones of which are compared with where the output steps; a bias is so many bits coarser.
CELLS, CELLS_OF_1, CELL_BITS, STEP_BITS, BIAS_BITS = 1024, 163, 16, 8, 6

_INTEGER_BITS = 4  # TFLM's format of x
_SEARCH = 400  # multipliers that are tried on either side of the nearest one
_FAR = 1 << 40
_OUTPUTS = {"TANH": Affine(1 / 128, 0), "LOGISTIC": Affine(1 / 256, -128)}

Outputs = npt.NDArray[np.int8]


@dataclass(frozen=True)
class StepTable:
    """The fields of tanh_s8_table: `cells` (1024,) int16."""

    cells: npt.NDArray[np.int16]


@dataclass(frozen=True)
class TanhS8:
    """Scalar fields of tanh_s8_params."""

    multiplier: int
    input_zero_point: int
    bias: int


@dataclass(frozen=True)
class Curve:
    """A function of x: what some operator makes of the outputs of TANH, or these themselves.

    `then` are its values for these outputs, -128..127: (256,) int8.
    """

    then: tuple[int, ...] = tuple(range(INT8_MIN, INT8_MAX + 1))

    @property
    def has_table(self) -> bool:
        """Whether it grows with x, by steps of 1."""
        return set(np.diff(self.then)) <= {0, 1}

    @property
    def steps(self) -> Int:
        """Where it grows, ascending, in cells times 2^8."""
        return _steps_of_tanh()[np.diff(self.then) > 0]

    def table(self) -> StepTable:
        """What every tanh_s8 of this function refers to."""
        starts = np.arange(-CELLS // 2, CELLS // 2) << STEP_BITS
        passed = np.searchsorted(self.steps, starts, side="right")
        to_next = np.append(self.steps, _FAR)[passed] - starts
        left = (1 << STEP_BITS) - np.minimum(to_next, 1 << STEP_BITS)
        return StepTable((((self.then[0] + passed) << STEP_BITS) + left).astype(np.int16))

    def of(self, outputs: Outputs) -> Outputs:
        """Its values for outputs of TANH."""
        found: Outputs = np.array(self.then, np.int8)[outputs.astype(np.int64) - INT8_MIN]
        return found


@cache
def _steps_of_tanh() -> Int:
    """Where the outputs -127..127 begin: (255,), in cells times 2^8."""
    ends = np.arctanh((np.arange(INT8_MIN, INT8_MAX) + 0.5) / 128)
    return np.round(ends * float(CELLS_OF_1 << STEP_BITS)).astype(np.int64)


def tanh_s8(
    operator: str, source: Affine, out: Affine, curve: Curve | None = None
) -> TanhS8 | None:
    """Constants of TANH or LOGISTIC, or of a `curve` of it; None where only `lut_s8` is exact.

    The multiplier is the nearest one to the scale with which some bias gives all 256 outputs. There
    is one for all but one or two in a hundred operators with input scales below 1/2 (LOGISTIC: 1).
    """
    curve = curve or Curve()
    scale = source.scale if operator == "TANH" else source.scale / 2
    nearest = round(scale * float(CELLS_OF_1 << CELL_BITS))
    offsets = np.arange(-_SEARCH, _SEARCH + 1)
    candidates = nearest + offsets[np.argsort(np.abs(offsets), kind="stable")]
    candidates = candidates[(candidates >= 0) & (candidates < 1 << 24)]
    least, most = _ranges(curve, curve.of(outputs_s8(operator, source, out)))
    centred = np.arange(INT8_MIN, INT8_MAX + 1) - source.zero_point
    for some in np.split(candidates, range(1, len(candidates), 64)):
        products = centred * some[:, None]
        low = -((products - least).min(axis=1) >> BIAS_BITS)
        high = (most - products).min(axis=1) >> BIAS_BITS
        bias = np.clip(0, low, high)
        fits = (low <= high) & (bias >= INT8_MIN) & (bias <= INT8_MAX)
        if fits.any():
            first = int(fits.argmax())
            return TanhS8(int(some[first]), source.zero_point, int(bias[first]))
    return None


def _ranges(curve: Curve, outputs: Outputs) -> tuple[Int, Int]:
    """The least and the greatest x for each of these outputs of a curve, within int32."""
    ends = curve.steps << (CELL_BITS - STEP_BITS)
    edges = np.concatenate(([-(1 << 31)], ends, [1 << 31]))
    passed = outputs.astype(np.int64) - curve.then[0]
    return edges[passed], edges[passed + 1] - 1


def values_s8(table: StepTable, c: TanhS8) -> Outputs:
    """What tanh_s8 gives for the inputs -128..127: (256,)."""
    centred = np.arange(INT8_MIN, INT8_MAX + 1, dtype=np.int64) - c.input_zero_point
    x = centred * c.multiplier + (c.bias << BIAS_BITS)
    index = np.clip((x >> CELL_BITS) + CELLS // 2, 0, CELLS - 1)
    sums = table.cells[index].astype(np.int64) + ((x >> STEP_BITS) & ((1 << STEP_BITS) - 1))
    values: Outputs = (sums >> STEP_BITS).astype(np.int8)
    return values


def outputs_s8(operator: str, source: Affine, out: Affine) -> Outputs:
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
