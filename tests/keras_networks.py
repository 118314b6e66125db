"""A family's row, trained and converted as the pipeline does it, without a board."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hilbench.config.experiment import Data, ModelEntry, Training
from hilbench.core.artifacts import ConvertedModel, Network
from hilbench.core.deadline import Deadline
from hilbench.pipeline import given
from hilbench.sources import find
from hilbench.sources.keras.variants import VARIANTS

FEW = Data(representative=20, samples=4, published=True)


@dataclass(frozen=True)
class Made:
    network: Network
    vectors: given.Vectors
    training: Path


def train(
    model: str, folder: Path, data: Data = FEW, seconds: float = 280, **settings: float
) -> Made:
    source = find(ModelEntry(model=model), Path(), Training(**settings))
    assert source.dataset
    folder.mkdir(parents=True, exist_ok=True)
    given.load_dataset(source.dataset, source.sample_shape, data, folder)
    training = folder / given.TRAINING
    network = source.load(training, folder / "network", Deadline.after(seconds, "training"))
    choose = partial(given.choose, network, data, training, folder)
    return Made(network, choose(Deadline.after(60, "samples")), training)


def convert(made: Made, variant: str, folder: Path, seconds: float = 280) -> ConvertedModel:
    source = find(ModelEntry(model=made.network.name), Path(), Training())
    deadline = Deadline.after(seconds, "conversion")
    return source.convert(made.network, made.vectors.path, VARIANTS[variant], folder, deadline)
