"""Random samples for a network whose user gave none, in the range that the network states."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hilbench.core.artifacts import TensorSpec
from hilbench.core.errors import DataError
from hilbench.data.files import Array, Arrays

SEED = 42


def draw(inputs: Sequence[TensorSpec], count: int) -> Arrays:
    """(count, *shape) of each input's own type, the same ones every time."""
    random = np.random.RandomState(SEED)
    arrays = {spec.name: _samples(random, spec, count) for spec in inputs}
    ranges = "; ".join(f"{_number(spec.low)} to {_number(spec.high)}" for spec in inputs)
    return Arrays(arrays, f"random, uniform, {ranges}, seed {SEED}", "random samples")


def _samples(random: np.random.RandomState, spec: TensorSpec, count: int) -> Array:
    shape = (count, *spec.shape)
    if spec.dtype == "float32":
        return random.uniform(spec.low, spec.high, shape).astype(np.float32)
    if np.dtype(spec.dtype).kind not in "iu":
        raise DataError(f"input '{spec.name}' is of type {spec.dtype}", remedy="give samples")
    return random.randint(int(spec.low), int(spec.high), shape, np.int64).astype(spec.dtype)


def _number(value: float) -> str:
    return f"{value:.6g}"
