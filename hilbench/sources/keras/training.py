"""Training and export in a child process, and what their result depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from hilbench.config.experiment import Training
from hilbench.core import extras, modules, workers
from hilbench.core.artifacts import ConvertedModel, Network
from hilbench.core.deadline import Deadline
from hilbench.core.errors import TrainError, UsageError
from hilbench.sources.keras import conversion, network
from hilbench.sources.keras.model import ModelSpec
from hilbench.sources.keras.variants import VARIANTS, Variant

WORKER = workers.Worker(
    module="hilbench.sources.keras.training_worker",
    what="training",
    error=TrainError,
    request=network.TrainingRequest,
    result=network.Result,
    env=extras.TENSORFLOW_VARIABLES,
)

_PACKAGES = ("tensorflow", "tf_keras", "numpy")


@dataclass(frozen=True)
class FamilySource:
    """A row of a family's table, trained on its data set. See sources.base.Source.

    `row` is its name there, `spec` the row with the `options` of an experiment. What an
    experiment calls it decides nothing: two that differ by that alone are trained once.
    """

    spec: ModelSpec
    training: Training
    row: str
    options: Mapping[str, object] = field(default_factory=dict)

    stage = "train"

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def sample_shape(self) -> tuple[int, ...]:
        return self.spec.input_shape

    def shaped(self, shapes: Mapping[str, tuple[int, ...]]) -> FamilySource:
        del shapes
        return self

    @property
    def dataset(self) -> str:
        return self.spec.dataset

    def streamed(self, step: int | None) -> FamilySource:
        if step is not None:
            raise UsageError(f"{self.name}: stream_step is for functions and files of Keras")
        return self

    def check(self) -> None:
        """The row has been checked when it was made."""

    def variants(self) -> Mapping[str, Variant]:
        return VARIANTS

    def fingerprint(self) -> Mapping[str, object]:
        return {
            "spec": asdict(replace(self.spec, name=self.row)),
            "training": self.training.model_dump(),
            "source": _source(self.spec),
            "packages": {package: extras.version(package) for package in _PACKAGES},
        }

    def load(self, samples: Path | None, out_dir: Path, deadline: Deadline) -> Network:
        """Train and export with batch size 1.

        Two runs with the same fingerprint and samples give the same weights. The network has the
        name of the family's row.
        """
        if samples is None:
            raise TrainError(f"model '{self.name}' is trained on samples, and none are there")
        request = network.TrainingRequest(
            self.row, dict(self.options), self.training, samples.resolve()
        )
        return network.found(WORKER.call(request, out_dir, deadline), out_dir)

    def conversion_fingerprint(
        self, network: Network, vectors: Path, variant: Variant
    ) -> Mapping[str, object]:
        return conversion.fingerprint(network, vectors, variant)

    def convert(
        self, network: Network, vectors: Path, variant: Variant, out_dir: Path, deadline: Deadline
    ) -> ConvertedModel:
        return conversion.convert(network, vectors, variant, out_dir, deadline)


def _source(spec: ModelSpec) -> str:
    """Hash of the code that decides the weights: not of other families."""
    classes = [kind.__module__ for kind in type(spec).__mro__ if kind is not object]
    return modules.hashed({WORKER.module, *classes})
