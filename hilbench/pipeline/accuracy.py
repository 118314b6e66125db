"""How far the device's outputs are from the float reference and from TFLM."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.generic]


@dataclass(frozen=True)
class OracleDifference:
    """`max_lsb` for integer outputs, `max_relative` for float ones; the other is None."""

    max_lsb: int | None
    max_relative: float | None


def mean_absolute_error(expected: Array, predicted: Array) -> float | None:
    """Mean of |expected - predicted| / (max(expected) - min(expected)).

    Both (samples, ...) in the output's own type, `expected` having gone through
    quantise(). None when all expected values are the same: there is no range.
    """
    wanted, got = expected.astype(np.float64), predicted.astype(np.float64)
    span = float(wanted.max() - wanted.min())
    return float(np.abs(wanted - got).mean() / span) if span else None


def oracle_difference(oracle: Array, predicted: Array) -> OracleDifference:
    """Largest difference of two (samples, ...) arrays of the same type."""
    difference = np.abs(oracle.astype(np.float64) - predicted.astype(np.float64)).max()
    if np.issubdtype(oracle.dtype, np.integer):
        return OracleDifference(int(difference), None)
    largest = float(np.abs(oracle.astype(np.float64)).max())
    return OracleDifference(None, float(difference) / largest if largest else float(difference))
