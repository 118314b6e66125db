"""Samples of the user's (data.file) to train on: none of those that are compared is among them.

Of a file with `x_train` and `y_train` those; of another all but the compared ones.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hilbench.config.experiment import Data
from hilbench.core import hashing, usercode
from hilbench.core.artifacts import TensorSpec
from hilbench.core.deadline import Deadline
from hilbench.core.errors import DataError, UsageError
from hilbench.data import Floats, Samples, files, function, match, public
from hilbench.data.files import Arrays

_SECONDS = 600.0
"""For a function of the user's."""


@dataclass(frozen=True)
class OwnSamples:
    name: str = "own"
    reads_text: bool = False

    def training_samples(self, data: Data) -> int:
        """Known when they are read."""
        _file(data)
        return data.representative + data.samples

    def fingerprint(self, data: Data) -> dict[str, str]:
        named = usercode.parse(_file(data), Path())
        path = named.path if named else Path(_file(data))
        settings = str(data.model_dump(exclude={"text"}))
        return {"file": hashing.of_file(path), "settings": settings, "packages": public.versions()}

    def load(self, shape: tuple[int, ...], data: Data) -> Samples:
        """`x` (n, *shape) and labels `y` (n, ...). Raises DataError for what does not fit."""
        given = read(data)
        x, labels = training(given, shape, data)
        return Samples(x, labels, x, given.origin)


def read(data: Data) -> Arrays:
    """All of what `data.file` has. Raises UsageError, DataError."""
    named = usercode.parse(_file(data), Path())
    if named is None:
        return files.read(Path(_file(data)), data.labels)
    with tempfile.TemporaryDirectory() as folder:
        limit = data.representative + data.samples
        return function.read(named, limit, Path(folder), Deadline.after(_SECONDS, "the data"))


def training(given: Arrays, shape: tuple[int, ...], data: Data) -> tuple[Floats, Floats]:
    """`x` (n, *shape) and `y` of the samples that are not compared."""
    spec = TensorSpec("x", (1, *shape), "float32")
    if "x_train" in given.arrays:
        parts = {"x": given.arrays["x_train"], "y": given.arrays.get("y_train", np.empty(0))}
    else:
        parts = _others(given, spec, data)
    alone = Arrays(parts, given.origin, given.where, given.columns)
    chosen = match.choose(alone, (spec,), (), Data(representative=1, samples=2**62, shared=True))
    if chosen.labels is None or len(chosen.labels) != len(chosen.inputs[0]):
        raise DataError(f"{given.where}: no label for each sample", remedy="name them y")
    x = chosen.inputs[0].reshape(-1, *shape)
    return x.astype(np.float32), chosen.labels.astype(np.float32)


def _others(given: Arrays, spec: TensorSpec, data: Data) -> dict[str, files.Array]:
    """Without what `match.choose` compares."""
    chosen = match.choose(given, (spec,), (), data)
    start = 0 if data.shared else len(chosen.calibration[0])
    names = [name for name in (*match.SAMPLES, *match.LABELS) if name in given.arrays]
    compared = range(start, start + len(chosen.inputs[0]))
    return {name: np.delete(given.arrays[name], compared, 0) for name in names}


def _file(data: Data) -> str:
    if data.file is None:
        message = "a network that is trained on your samples has none"
        raise UsageError(
            message, remedy="data.file: samples.npz, or a name of `hilbench list data`"
        )
    return data.file


DATASET = OwnSamples()
