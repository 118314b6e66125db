"""Named Keras models: families of them, their data, training in a child process."""

from hilbench.models.catalogue import find, models
from hilbench.models.spec import Counts, ModelSpec
from hilbench.models.training import fingerprint, load, train

__all__ = ["Counts", "ModelSpec", "find", "fingerprint", "load", "models", "train"]
