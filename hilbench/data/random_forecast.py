"""The noise of randomset_seq, of which one feature is to be predicted, as forecasts do."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hilbench.config.experiment import Data
from hilbench.data import Samples
from hilbench.data.randomset_seq import RandomSequences


@dataclass(frozen=True)
class RandomForecast(RandomSequences):
    name: str = "random_forecast"

    def load(self, shape: tuple[int, ...], data: Data) -> Samples:
        """`x` (800, steps, features), `y` (800, steps, 1): the first feature a step ahead."""
        samples = super().load(shape, data)
        return replace(samples, y=samples.y[..., :1])


DATASET = RandomForecast()
