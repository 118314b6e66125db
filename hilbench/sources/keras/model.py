"""What every model has, whatever its family."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Counts:
    """Size and work of a model; one inference is the whole sequence.

    `macs` are the float operations that TensorFlow's profiler counts in the
    batch-1 graph, halved; `matrix_macs` are the multiply-accumulates of its
    matrix products alone.
    """

    parameters: int
    macs: int
    matrix_macs: int


@dataclass(frozen=True, kw_only=True)
class ModelSpec(ABC):
    """A row of a family's table: what the model is, without TensorFlow.

    `family` names the module of the family, `dataset` one of hilbench.data,
    `loss` a Keras loss; `batch_size` is for training. `options` are the fields that an
    experiment may set.
    """

    options: ClassVar[tuple[str, ...]] = ()

    name: str
    family: str
    dataset: str
    loss: str
    batch_size: int

    @property
    @abstractmethod
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one sample, float32, without the batch."""

    @property
    def invocation_shape(self) -> tuple[int, ...]:
        """Of what one invocation takes: a sample, or less of it where the state is kept."""
        return self.input_shape

    def refusal(self) -> str | None:
        """Why a row with these options cannot be, if it cannot."""
        return None

    @property
    def least_move(self) -> float:
        """Steps of which no input has moved by more since the last one are skipped, if positive."""
        return 0.0

    @property
    @abstractmethod
    def output_shape(self) -> tuple[int, ...]:
        """Shape of one invocation's prediction, float32, without the batch."""

    @abstractmethod
    def counts(self) -> Counts:
        """The closed form; equal to what Keras and the profiler say."""

    @abstractmethod
    def build(self, keras: Any, *, export: bool) -> Any:
        """The Keras model: with batch size 1 as it is exported, else as it is trained.

        Both have the same weights in the same order, unless the model hands them over otherwise.
        """

    def begin(self, trained: Any, exported: Any) -> None:
        """Training begins with the weights of the exported model."""
        trained.set_weights(exported.get_weights())

    def hand_over(self, trained: Any, exported: Any) -> None:
        """What was trained becomes the exported model's."""
        exported.set_weights(trained.get_weights())

    def counted(self, keras: Any, exported: Any) -> Any:
        """The model whose graph is counted: `exported`, unless it has loops.

        The profiler counts the body of a loop once, if at all.
        """
        del keras
        return exported
