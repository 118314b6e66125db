"""Noise to predict: sequences of uniform random vectors, the target one step ahead.

Nothing can be learned from it; it exists because the published models were
trained on it. Same generator, seed and split as EdgeMark's `randomset_seq`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hilbench.config.experiment import Data
from hilbench.data import SEED, TEST_RATIO, Samples

SEQUENCES = 1000


@dataclass(frozen=True)
class RandomSequences:
    name: str = "randomset_seq"
    reads_text: bool = False

    def training_samples(self, data: Data) -> int:  # noqa: ARG002 - has no settings
        return SEQUENCES - int(SEQUENCES * TEST_RATIO)

    def fingerprint(self, data: Data) -> dict[str, str]:  # noqa: ARG002 - has no settings
        return {}

    def load(self, shape: tuple[int, ...], data: Data) -> Samples:  # noqa: ARG002 - has no settings
        """`x` and `y` (800, steps, features): the first fifth of 1000 is the test set."""
        steps, *features = shape
        random = np.random.RandomState(SEED)
        sequences = random.rand(SEQUENCES, steps + 1, *features).astype(np.float32)
        train = sequences[int(SEQUENCES * TEST_RATIO) :]
        x, y = train[:, :-1], train[:, 1:]
        return Samples(x, y, x, f"uniform random sequences, seed {SEED}")


DATASET = RandomSequences()
