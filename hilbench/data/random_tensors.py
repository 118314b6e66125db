"""Noise in any shape, for networks that are measured and not trained."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hilbench.config.experiment import Data
from hilbench.data import SEED, Samples

SAMPLES = 256


@dataclass(frozen=True)
class RandomTensors:
    name: str = "random_tensors"
    reads_text: bool = False
    classes: bool = False

    def training_samples(self, data: Data) -> int:  # noqa: ARG002 - has no settings
        return SAMPLES

    def fingerprint(self, data: Data) -> dict[str, str]:  # noqa: ARG002 - has no settings
        return {}

    def load(self, shape: tuple[int, ...], data: Data) -> Samples:  # noqa: ARG002 - has no settings
        """`x` (256, *shape) uniform in [0, 1). Vectors are their own targets, as an autoencoder's
        are; anything else, and with `classes` vectors too, is of class 0 or 1, by chance."""
        random = np.random.default_rng(SEED)
        x = random.random((SAMPLES, *shape), np.float32)
        own = len(shape) == 1 and not self.classes
        y = x if own else random.integers(0, 2, SAMPLES).astype(np.float32)
        return Samples(x, y, x, f"uniform random tensors, seed {SEED}", by_chance=True)


DATASET = RandomTensors()
