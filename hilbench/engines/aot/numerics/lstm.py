"""Constants of UNIDIRECTIONAL_SEQUENCE_LSTM in int8 with a 16-bit cell state.

Gate arguments are rounded to 2^-12, logistic and tanh to 2^-15; both come from
one table of the logistic function, by linear interpolation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hilbench.core.errors import Unsupported
from hilbench.engines.aot.numerics.affine import Affine
from hilbench.engines.aot.numerics.fixed_point import quantize_multiplier

GATE_SCALE = 2.0**-12
VALUE_SCALE = 2.0**-15
INT16_MIN, INT16_MAX = -(1 << 15), (1 << 15) - 1

_CELLS = 256
_CELL_WIDTH = 1 / 24
# tanh takes c in units of 2^-12 / 3, and c * 3 * 2^shift must stay inside of int32.
_CELL_POWERS = range(-24, 1)


def logistic_table() -> npt.NDArray[np.int16]:
    """round(2^16 (y(i / 24) - 1/2)) for i = -256 to 256, with -1/2 and 1/2 from |i| = 255 on.

    y is the logistic function plus half of the greatest error of a chord,
    h^2 / 8 |y''| for cells of width h (h = 1/24), so that interpolation is as
    much too high at the nodes as it is too low between them. These are TFLM's
    values, less the half.
    """
    x = np.arange(_CELLS + 1) * _CELL_WIDTH
    y = 1 / (1 + np.exp(-x))
    second_derivative = y * (1 - y) * (1 - 2 * y)
    values = np.floor(2**16 * (y - _CELL_WIDTH**2 / 16 * second_derivative) + 0.5)
    values[_CELLS - 1 :] = 2**16 - 1
    right = np.minimum(values, 2**16 - 1) - 2**15
    return np.concatenate([-right[:0:-1], right]).astype(np.int16)


@dataclass(frozen=True)
class Rescale:
    """A fixed-point factor, multiplier * 2^(shift - 31)."""

    multiplier: int
    shift: int


def gate_rescale(source: Affine, weight_scale: float) -> Rescale:
    """From products of `source` and weights to gate arguments."""
    return Rescale(*quantize_multiplier(source.scale * weight_scale / GATE_SCALE))


def product_rescale(a_scale: float, b_scale: float, out_scale: float) -> Rescale:
    """From products of two tensors to another tensor."""
    return Rescale(*quantize_multiplier(a_scale * b_scale / out_scale))


def cell_power(scale: float) -> int:
    """n of a cell scale of 2^n. Raises Unsupported for another scale."""
    fraction, exponent = math.frexp(scale)
    if fraction != 0.5 or exponent - 1 not in _CELL_POWERS:
        raise Unsupported(f"a cell state of scale {scale:g}")
    return exponent - 1


def tanh_argument(scale: float) -> Rescale:
    """From the cell state to the argument of tanh, c * multiplier / 2^shift."""
    excess = cell_power(scale) + 12
    return Rescale(3 << excess, 0) if excess >= 0 else Rescale(3, -excess)


def clip_limits(clip: float, scale: float) -> tuple[int, int]:
    """What a clip of the real cell state leaves of int16; 0 stands for no clip."""
    if clip <= 0:
        return INT16_MIN, INT16_MAX
    limit = int(min(float(np.float32(clip)) / scale, INT16_MAX))
    return -limit, limit
