"""Random operands of the kernel tests, from seeded generators."""

from __future__ import annotations

import os

import numpy as np
from tflite_builder import Spec

from hilbench.engines.aot.numerics.affine import Affine

ACTIVATIONS = ("NONE", "RELU", "RELU_N1_TO_1", "RELU6")
SHAPES_COME_AGAIN = 30
"""Seeds after which a test has had each of its shapes twice or more."""
EXTREMES = np.array([-128, -127, -1, 0, 1, 126, 127], np.int8)


def seeds(count: int) -> range:
    """`count` of them; where only accesses are looked at, as many as have other shapes."""
    of_accesses = os.environ.get("HILBENCH_SANITIZE") == "address"
    return range(min(count, SHAPES_COME_AGAIN) if of_accesses else count)


def affine(rng: np.random.Generator, low: float = 1e-4, high: float = 0.5) -> Affine:
    """A scale that is uniform in its logarithm, any zero point; extremes now and then."""
    scale = float(np.float32(np.exp(rng.uniform(np.log(low), np.log(high)))))
    zero_point = int(rng.choice([-128, 0, 127, rng.integers(-128, 128)]))
    return Affine(scale, zero_point)


def near(rng: np.random.Generator, scale: float, octaves: float) -> Affine:
    """A scale within `octaves` of `scale`: what makes outputs neither 0 nor clipped."""
    return affine(rng, scale * 2.0**-octaves, scale * 2.0**octaves)


def s8(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Random int8, an eighth of it extreme values."""
    values = rng.integers(-128, 128, shape).astype(np.int8)
    return np.where(rng.random(shape) < 0.125, rng.choice(EXTREMES, shape), values)


def f32(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.normal(0.0, 2.0, shape).astype(np.float32)


def spec(shape: tuple[int, ...], quantization: Affine, data: np.ndarray | None = None) -> Spec:
    """An int8 tensor with per-tensor quantization."""
    return Spec(shape, "int8", quantization.scale, quantization.zero_point, data=data)


def assert_close(actual: np.ndarray, expected: np.ndarray) -> None:
    """Float kernels: within 1e-5 relative, or as small beside the largest value."""
    np.testing.assert_allclose(
        actual, expected, rtol=1e-5, atol=1e-6 * max(1e-30, float(np.abs(expected).max()))
    )
