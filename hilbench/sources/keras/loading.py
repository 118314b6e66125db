"""Networks of the user's: a function in a Python file, or a trained file. Parent's side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import ClassVar

from hilbench.core import extras, files, hashing, modules, usercode, workers
from hilbench.core.artifacts import ConvertedModel, Network
from hilbench.core.deadline import Deadline
from hilbench.core.errors import TrainError, UsageError
from hilbench.sources.keras import conversion, network
from hilbench.sources.keras.variants import VARIANTS, Variant

SUFFIXES = (".keras", ".h5", ".hdf5")
LARGEST = 2048 * files.MIB
"""A trained file, and each file of a SavedModel: no .tflite can have more."""

WORKER = workers.Worker(
    module="hilbench.sources.keras.loading_worker",
    what="loading the network",
    error=TrainError,
    request=network.LoadingRequest,
    result=network.Result,
    env=extras.TENSORFLOW_VARIABLES,
)
_PACKAGES = ("tensorflow", "tf_keras", "keras", "numpy")


@dataclass(frozen=True, kw_only=True)
class KerasSource:
    """See sources.base.Source. Either `function` with `options`, or a trained `file`.

    `shapes` are those of the user's samples by name: they fill in dimensions that the
    network leaves open. `stream` is that of network.LoadingRequest.
    """

    name: str
    function: usercode.Named | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    file: Path | None = None
    allow_lambda: bool = False
    seed: int = 42
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    stream: int = 0

    stage = "load"
    dataset: ClassVar[str | None] = None
    sample_shape = ()

    @property
    def path(self) -> Path:
        path = self.function.path if self.function else self.file
        assert path is not None  # noqa: S101 - one of them is given
        return path

    def shaped(self, shapes: Mapping[str, tuple[int, ...]]) -> KerasSource:
        return replace(self, shapes=shapes)

    def streamed(self, step: int | None) -> KerasSource:
        return replace(self, stream=step or 1)

    def check(self) -> None:
        if self.function:
            return usercode.check(self.function, self.options)
        try:
            files.check(self.path, LARGEST)
        except FileNotFoundError:
            raise UsageError(f"{self.path}: no such file or folder") from None
        except (OSError, ValueError) as error:
            raise UsageError(f"{self.path}: {files.why(error)}") from None

    def variants(self) -> Mapping[str, Variant]:
        return VARIANTS

    def fingerprint(self) -> Mapping[str, object]:
        return {
            **asdict(self._request()),
            "path": "",
            "content": _content(self.path, python=self.function is not None),
            "source": modules.hashed({WORKER.module}),
            "packages": {package: extras.version(package) for package in _PACKAGES},
        }

    def load(self, samples: Path | None, out_dir: Path, deadline: Deadline) -> Network:
        del samples
        return network.found(WORKER.call(self._request(), out_dir, deadline), out_dir)

    def conversion_fingerprint(
        self, network: Network, vectors: Path, variant: Variant
    ) -> Mapping[str, object]:
        return conversion.fingerprint(network, vectors, variant)

    def convert(
        self, network: Network, vectors: Path, variant: Variant, out_dir: Path, deadline: Deadline
    ) -> ConvertedModel:
        return conversion.convert(network, vectors, variant, out_dir, deadline)

    def _request(self) -> network.LoadingRequest:
        return network.LoadingRequest(
            self.name,
            self.path.resolve(),
            self.function.function if self.function else None,
            dict(self.options),
            self.allow_lambda,
            self.seed,
            dict(self.shapes),
            self.stream,
        )


def _content(path: Path, *, python: bool) -> str:
    """Hash of what decides the network: the file or folder, and a function's neighbours.

    A function may import and read what lies beside it, so that all of that counts:
    Python files, and files of weights.
    """
    if python:
        suffixes = (".py", *SUFFIXES, ".npz", ".npy", ".csv", ".json", ".yaml", ".index")
        folder = path.resolve().parent
        beside = [p for p in sorted(folder.iterdir()) if p.is_file() and p.suffix in suffixes]
        return hashing.of_files(beside, folder)
    return hashing.of_tree(path) if path.is_dir() else hashing.of_file(path)
