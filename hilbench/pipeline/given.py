"""The samples of a job: the user's, those of the model's data set, or random ones."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from hilbench import data as datasets
from hilbench.config.experiment import Data
from hilbench.core import hashing, modules, usercode
from hilbench.core.artifacts import Network
from hilbench.core.deadline import Deadline
from hilbench.data import drawing, files, function, match, public
from hilbench.data.files import Arrays

TRAINING, VECTORS = "training.npz", "vectors.npz"
PUBLISHED_SAMPLES = 10
"""The published campaign compared its first ten training samples."""


@dataclass(frozen=True)
class Vectors:
    """The .npz that a conversion and a comparison read, and where its samples are from."""

    path: Path
    origin: str


def named_function(settings: Data) -> usercode.Named | None:
    return usercode.parse(settings.file, Path()) if settings.file else None


def check(settings: Data) -> Arrays | None:
    """The user's own file, read; None where there is none, or a function gives the samples.

    Raises DataError for a file that cannot be read, UsageError for a function that is not there.
    """
    if settings.file is None:
        return None
    if (named := named_function(settings)) is not None:
        usercode.check(named, {})
        return None
    return files.read(Path(settings.file), settings.labels)


def shapes(given: Arrays | None) -> dict[str, tuple[int, ...]]:
    """Shapes of one sample by name, for networks that leave dimensions open."""
    if given is None:
        return {}
    arrays = {name: a for name, a in given.arrays.items() if name not in match.LABELS}
    return {name: array.shape[1:] for name, array in arrays.items() if array.ndim}


# The data set of a model


def dataset_fingerprint(name: str, shape: tuple[int, ...], settings: Data) -> dict[str, object]:
    """JSON values that decide the result of `load_dataset`. Raises UsageError."""
    dataset = datasets.find(name)
    own = dataset.fingerprint(settings)
    return {"name": name, "shape": shape, "own": own, "source": datasets.source_hash(dataset)}


def load_dataset(name: str, shape: tuple[int, ...], settings: Data, out_dir: Path) -> Path:
    """An .npz of the Samples of a data set. Raises UsageError."""
    samples = datasets.find(name).load(shape, settings)
    np.savez(
        out_dir / TRAINING,
        x=samples.x,
        y=samples.y,
        published=samples.published,
        origin=samples.origin,
        by_chance=samples.by_chance,
    )
    return out_dir / TRAINING


# The samples of a job


def fingerprint(
    network: Network, settings: Data, training: Path | None, *, stream: bool = False
) -> dict[str, object]:
    """JSON values that decide the result of `choose`. Raises UsageError, DataError."""
    named = named_function(settings)
    file = named.path if named else Path(settings.file) if settings.file else None
    return {
        "inputs": [asdict(spec) for spec in network.inputs],
        "outputs": [asdict(spec) for spec in network.outputs],
        "settings": settings.model_dump(exclude={"text", "file"}),
        "set": sorted(settings.model_fields_set),
        "stream": stream,
        "file": hashing.of_file(file) if file else None,
        "function": named.function if named else None,
        "public": public.versions() if named else None,
        "training": hashing.of_kept(training) if training and not file else None,
        "source": modules.hashed({__name__, function.WORKER.module}),
    }


def choose(
    network: Network,
    settings: Data,
    training: Path | None,
    out_dir: Path,
    deadline: Deadline,
    *,
    stream: bool = False,
) -> Vectors:
    """Write the samples of one network into `out_dir`; of a `stream` they are steps.

    Raises DataError for samples that do not fit, UsageError for a function of the user's.
    """
    published: tuple[np.ndarray, ...] = ()
    count = settings.representative + settings.samples
    if settings.file is not None:
        given = _own(settings, count, out_dir, deadline)
    elif training is not None:
        given, published = _of_dataset(training, network)
    else:
        given = drawing.draw(network.inputs, count)
    choose = match.stream if stream else match.choose
    chosen = choose(given, network.inputs, network.outputs, settings)
    if settings.published and published:
        chosen = replace(chosen, published=published)
    path = out_dir / VECTORS
    chosen.save(path)
    return Vectors(path, chosen.origin)


def _own(settings: Data, count: int, out_dir: Path, deadline: Deadline) -> Arrays:
    if (named := named_function(settings)) is not None:
        return function.read(named, count, out_dir, deadline)
    return files.read(Path(str(settings.file)), settings.labels)


def _of_dataset(training: Path, network: Network) -> tuple[Arrays, tuple[np.ndarray, ...]]:
    with np.load(training, allow_pickle=False) as arrays:
        named = ("x",) if arrays["by_chance"] else ("x", "y")
        found = {name: arrays[name] for name in named}
        published, origin = arrays["published"], str(arrays["origin"])
    shaped = published[:PUBLISHED_SAMPLES].reshape(-1, *network.inputs[0].shape)
    return Arrays(found, origin, f"data set: {origin}"), (shaped,)
