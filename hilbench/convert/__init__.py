"""SavedModels to .tflite files, by the rows of one table, in a child process."""

from hilbench.convert.tflite import convert, fingerprint, load
from hilbench.convert.variants import VARIANTS, Variant

__all__ = ["VARIANTS", "Variant", "convert", "fingerprint", "load"]
