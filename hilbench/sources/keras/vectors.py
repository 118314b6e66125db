"""Which samples of the training data calibrate and which are compared."""

from __future__ import annotations

from hilbench.config.experiment import Data
from hilbench.core.errors import UsageError
from hilbench.data import Floats, Samples

PUBLISHED_SAMPLES = 10
"""The published campaign compared its first ten training samples."""


def choose(samples: Samples, data: Data) -> dict[str, Floats]:
    """The input arrays of a vectors file, each (count, ...) float32.

    `representative` come first and `inputs` after them, so that none is in both;
    `published_inputs`, when asked for, are the first ones as the published campaign fed them.

    Raises UsageError when there are too few.
    """
    x, needed = samples.x, data.representative + data.samples
    if needed > len(x):
        message = f"data: {needed} calibration and error samples of {len(x)} training samples"
        raise UsageError(message, remedy="lower data.representative or data.samples")
    chosen = {"representative": x[: data.representative], "inputs": x[data.representative : needed]}
    if data.published:
        chosen["published_inputs"] = samples.published[:PUBLISHED_SAMPLES]
    return chosen
