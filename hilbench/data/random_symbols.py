"""Symbols by chance, for networks with an embedding that are measured and not trained."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hilbench.config.experiment import Data
from hilbench.data import SEED, Samples
from hilbench.data.random_tensors import SAMPLES, RandomTensors

SYMBOLS = 64
"""So few symbols that an int8 input tells them apart."""


@dataclass(frozen=True)
class RandomSymbols(RandomTensors):
    name: str = "random_symbols"
    symbols: int = SYMBOLS

    def load(self, shape: tuple[int, ...], data: Data) -> Samples:  # noqa: ARG002 - has no settings
        """`x` (256, *shape) from 0 on, each + 0.5, which the embedding cuts off and quantization
        does not move to a neighbour. Each is of class 0 or 1, by chance."""
        random = np.random.default_rng(SEED)
        x = random.integers(0, self.symbols, (SAMPLES, *shape)).astype(np.float32) + np.float32(0.5)
        y = random.integers(0, 2, SAMPLES).astype(np.float32)
        return Samples(x, y, x, f"uniform random symbols, seed {SEED}", by_chance=True)


DATASET = RandomSymbols()
