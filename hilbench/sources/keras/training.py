"""Training and export in a child process, and what their result depends on."""

from __future__ import annotations

import inspect
from dataclasses import asdict
from pathlib import Path

import hilbench
from hilbench import data as datasets
from hilbench.config.experiment import Data, Training
from hilbench.core import extras, hashing, workers
from hilbench.core.artifacts import TrainedModel
from hilbench.core.deadline import Deadline
from hilbench.core.errors import TrainError
from hilbench.sources.keras.model import ModelSpec

SAVED_MODEL, VECTORS = "saved_model", "vectors.npz"

WORKER = workers.Worker(
    module="hilbench.sources.keras.training_worker",
    what="training",
    error=TrainError,
    fields={
        "name": str,
        "sha256": str,
        "parameters": int,
        "macs": int,
        "matrix_macs": int,
        "data": str,
    },
    env=extras.TENSORFLOW_VARIABLES,
)

_PACKAGES = ("tensorflow", "tf_keras", "numpy")


def train(
    spec: ModelSpec, training: Training, data: Data, out_dir: Path, deadline: Deadline
) -> TrainedModel:
    """Train `spec` and export it with batch size 1 into `out_dir`.

    Two runs with the same fingerprint give the same weights and vectors.

    Raises UsageError for a text file that cannot be used, TrainError,
    DeadlineExceeded.
    """
    datasets.find(spec.dataset).fingerprint(data)  # refuses a bad text before TensorFlow starts
    request = {"model": spec.name, "training": training.model_dump(), "data": data.model_dump()}
    WORKER.call(request, out_dir, deadline)
    return load(out_dir)


def load(out_dir: Path) -> TrainedModel:
    """What `train` left there. Raises TrainError."""
    result = WORKER.read(out_dir)
    fields = {name: result[name] for name in WORKER.fields}
    return TrainedModel(saved_model=out_dir / SAVED_MODEL, vectors=out_dir / VECTORS, **fields)


def fingerprint(spec: ModelSpec, training: Training, data: Data) -> dict[str, object]:
    """JSON values that decide the result of `train`: settings, data, code, packages.

    Raises UsageError for a text file that cannot be used.
    """
    dataset = datasets.find(spec.dataset)
    settings = data.model_dump(exclude={"text"})
    return {
        "spec": asdict(spec),
        "training": training.model_dump(),
        "data": {**settings, **dataset.fingerprint(data)},
        "source": _source(spec, dataset),
        "packages": {package: extras.version(package) for package in _PACKAGES},
    }


def _source(spec: ModelSpec, dataset: datasets.Dataset) -> str:
    """Hash of the code that decides weights and vectors: not of other families."""
    package = Path(hilbench.__file__).parent
    shared = [
        Path(__file__).with_name(name) for name in ("model.py", "vectors.py", "training_worker.py")
    ]
    classes = [kind for of in (spec, dataset) for kind in type(of).__mro__]
    sources = [Path(inspect.getfile(c)) for c in classes if c.__module__.startswith("hilbench.")]
    helpers = [Path(datasets.__file__), Path(datasets.__file__).with_name("markov.py")]
    return hashing.of_files({*shared, *sources, *helpers}, package)
