"""Data sets by name: each module here with a `DATASET` is one."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from hilbench.config.experiment import Data
from hilbench.core import doors, modules
from hilbench.core.registry import lookup

Floats = NDArray[np.float32]

SEED = 42
TEST_RATIO = 0.2
"""As published: the share of samples that training never sees."""


@dataclass(frozen=True)
class Samples:
    """Training samples `x` (n, ...) and targets `y` (n, ...), and where they are from.

    `published` (n, ...) is `x` as the published campaign fed it. Targets that are `by_chance` are
    there to train on: how many of them a network hits says nothing of it.
    """

    x: Floats
    y: Floats
    published: Floats
    origin: str
    by_chance: bool = False


@runtime_checkable
class Dataset(Protocol):
    """`name` is what a model's row says; the methods need no TensorFlow.

    `reads_text` says whether `data.text` of an experiment is read.
    """

    name: str
    reads_text: bool

    def training_samples(self, data: Data) -> int:
        """How many samples `load` will give. Raises UsageError as `fingerprint` does."""

    def fingerprint(self, data: Data) -> dict[str, str]:
        """What the samples depend on beside this source file.

        Raises UsageError when the user's own file cannot be used.
        """

    def load(self, shape: tuple[int, ...], data: Data) -> Samples:
        """Samples of this shape, without a batch. Raises UsageError as `fingerprint` does."""


def source_hash(dataset: Dataset) -> str:
    """Hash of the code that makes its samples."""
    return modules.hashed(kind.__module__ for kind in type(dataset).__mro__ if kind is not object)


def found_datasets() -> Mapping[str, doors.Found[Dataset]]:
    """Every data set by name, with where it is from. Raises UsageError for two of one name."""
    found = doors.objects("datasets", sys.modules[__name__], "DATASET", Dataset)
    return doors.by_name("datasets", found)


def datasets() -> dict[str, Dataset]:
    return doors.things(found_datasets())


def find(name: str) -> Dataset:
    return lookup("data set", name, datasets())
