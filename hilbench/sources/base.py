"""What gives a .tflite for each variant, with what its outputs are compared to.

    network = source.load(samples, out_dir, deadline)          once
    converted = source.convert(network, vectors, variant, out_dir, deadline)

A source is named by a row of a family's table, by `file.py:function` or by a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from hilbench.core.artifacts import ConvertedModel, Network
from hilbench.core.deadline import Deadline
from hilbench.sources.keras.variants import Variant


class Source(Protocol):
    """A network. Fingerprints are JSON values that decide a result."""

    @property
    def name(self) -> str:
        """As rows spell it."""

    @property
    def stage(self) -> str:
        """ "train" where weights are made, "load" for a Keras model, "read" for a .tflite."""

    @property
    def dataset(self) -> str | None:
        """The data set that trains it, and gives its samples where the user names none."""

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Of one sample of the data set."""

    def shaped(self, shapes: Mapping[str, tuple[int, ...]]) -> Source:
        """The same, for samples of the user's of these shapes by name."""

    def streamed(self, step: int | None) -> Source:
        """The same, to be measured as a stream of so many time steps at once (1).

        Raises UsageError where a step is given and the source cannot choose it.
        """

    def check(self) -> None:
        """Raise UsageError for what can be told wrong without running anything."""

    def variants(self) -> Mapping[str, Variant]:
        """Those that it can be converted to."""

    def fingerprint(self) -> Mapping[str, object]:
        """What decides the result of `load` beside the samples."""

    def load(self, samples: Path | None, out_dir: Path, deadline: Deadline) -> Network:
        """Build, train or read the network.

        `samples` is an .npz with `x` and `y`, where `dataset` is named. Raises JobError,
        UsageError where the user's own code or file is at fault, DeadlineExceeded.
        """

    def conversion_fingerprint(
        self, network: Network, vectors: Path, variant: Variant
    ) -> Mapping[str, object]:
        """What decides the result of `convert`."""

    def convert(
        self, network: Network, vectors: Path, variant: Variant, out_dir: Path, deadline: Deadline
    ) -> ConvertedModel:
        """Write the .tflite of `variant`, and the float reference's outputs.

        `vectors` is an .npz of the samples (data.match). Raises ConvertError,
        DeadlineExceeded.
        """
