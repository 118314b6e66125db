"""Which samples of the training data calibrate and which are compared."""

from __future__ import annotations

from hilbench.errors import UsageError
from hilbench.models.datasets import Floats
from hilbench.spec.experiment import Data

PUBLISHED_SAMPLES = 10
"""The published campaign compared its first ten training samples."""


def choose(x: Floats, data: Data) -> dict[str, Floats]:
    """The input arrays of a vectors file, from training samples `x` (n, ...).

    `representative` come first and `inputs` after them, so that none is in both;
    `published_inputs`, when asked for, are the first ones again.

    Raises UsageError when there are too few.
    """
    needed = data.representative + data.samples
    if needed > len(x):
        message = f"data: {needed} calibration and error samples of {len(x)} training samples"
        raise UsageError(message, remedy="lower data.representative or data.samples")
    chosen = {"representative": x[: data.representative], "inputs": x[data.representative : needed]}
    if data.published:
        chosen["published_inputs"] = x[:PUBLISHED_SAMPLES]
    return chosen
