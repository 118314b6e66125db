"""Affine quantization, real = scale * (q - zero_point), and fused activations."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hilbench.core.errors import Unsupported

INT8_MIN, INT8_MAX = -128, 127
FLOAT32_MAX = float(np.finfo(np.float32).max)

_REAL_LIMITS: dict[str, tuple[float | None, float | None]] = {
    "NONE": (None, None),
    "RELU": (0.0, None),
    "RELU_N1_TO_1": (-1.0, 1.0),
    "RELU6": (0.0, 6.0),
}


@dataclass(frozen=True)
class Affine:
    """Per-tensor quantization; `scale` holds a float32 exactly."""

    scale: float
    zero_point: int


def quantize_real(real: float, affine: Affine) -> int:
    """The integer of `real`: float32 division, ties away from zero, not clipped."""
    quotient = float(np.float32(real) / np.float32(affine.scale))
    return affine.zero_point + round_half_away(quotient)


def round_half_away(x: float) -> int:
    """`x` rounded to the nearest integer, ties away from zero, as C's round()."""
    magnitude = math.floor(abs(x))
    magnitude += abs(x) - magnitude >= 0.5
    return magnitude if x >= 0 else -magnitude


def limits_s8(activation: str, output: Affine) -> tuple[int, int]:
    """What a fused activation (its name in the schema) leaves of int8."""
    return _limits(activation, output, INT8_MIN, INT8_MAX)


def limits_s16(activation: str, output: Affine) -> tuple[int, int]:
    """What a fused activation leaves of int16."""
    return _limits(activation, output, -(1 << 15), (1 << 15) - 1)


def _limits(activation: str, output: Affine, least: int, greatest: int) -> tuple[int, int]:
    low, high = _real_limits(activation)
    return (
        least if low is None else max(least, quantize_real(low, output)),
        greatest if high is None else min(greatest, quantize_real(high, output)),
    )


def limits_f32(activation: str) -> tuple[float, float]:
    """What a fused activation leaves of float32."""
    low, high = _real_limits(activation)
    return -FLOAT32_MAX if low is None else low, FLOAT32_MAX if high is None else high


def _real_limits(activation: str) -> tuple[float | None, float | None]:
    if activation not in _REAL_LIMITS:
        raise Unsupported(f"fused activation {activation} is not supported")
    return _REAL_LIMITS[activation]
