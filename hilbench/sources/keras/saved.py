"""A trained file of Keras, .keras or .h5, read without running its code; or a SavedModel folder.

What a file asks for is looked at before TensorFlow opens it: pickled functions
(lambdas) run on loading, and a name of a module is imported. Used in the child alone.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hilbench.core import extras, files
from hilbench.core.errors import UsageError
from hilbench.sources.keras import saved_folder, saved_words
from hilbench.sources.keras.cells import layer

ALLOW_LAMBDA = "--allow-lambda"

LARGEST_CONFIG = 64 * files.MIB

_MODULES = ("keras", "tf_keras")
_CORRUPT = (
    *(OSError, KeyError, ValueError, RecursionError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, EOFError),
)
"""What zipfile and json raise for what is damaged, encrypted or too deep."""


def load(tf: Any, path: Path, allow_lambda: bool) -> Any:
    """The model. Raises UsageError for a file that cannot be read or would run code."""
    if path.is_dir():
        return saved_folder.load(tf, path)
    version = examined(path, allow_lambda)
    keras = extras.keras3() if version.startswith("3") else extras.keras()
    settings = {"compile": False, "safe_mode": not allow_lambda}
    own = layer.saved_classes(keras)
    try:
        return keras.models.load_model(str(path), custom_objects=own, **settings)
    except Exception as error:
        raise saved_words.explained(path, error, version) from error


def examined(path: Path, allow_lambda: bool) -> str:
    """The version of Keras that wrote a file. Raises UsageError as `load`; no TensorFlow needed."""
    config, version = _keras_file(path) if path.suffix == ".keras" else _hdf5(path)
    _refuse_code(path, config, allow_lambda)
    return version


def _keras_file(path: Path) -> tuple[Any, str]:
    """The configuration in a .keras archive, and the version of Keras that wrote it."""
    try:
        with files.opened(path) as file, zipfile.ZipFile(file) as archive:
            config, metadata = (_json(archive, f"{name}.json") for name in ("config", "metadata"))
    except _CORRUPT as error:
        raise UsageError(f"{path}: corrupt, or not a .keras file: {files.why(error)}") from None
    if not isinstance(config, dict) or not isinstance(metadata, dict):
        raise UsageError(f"{path}: corrupt: it describes no network")
    return config, str(metadata.get("keras_version", ""))


def _json(archive: zipfile.ZipFile, name: str) -> Any:
    """A few bytes of an archive can stand for gigabytes. Raises ValueError."""
    with archive.open(name) as member:
        text = member.read(LARGEST_CONFIG + 1)
    if len(text) > LARGEST_CONFIG:
        raise ValueError(f"{name} has more than {LARGEST_CONFIG // files.MIB} MiB")
    return json.loads(text)


def _hdf5(path: Path) -> tuple[Any, str]:
    h5py = extras.h5py()
    try:
        with files.opened(path) as read, h5py.File(read, "r") as file:
            config, version = file.attrs.get("model_config"), file.attrs.get("keras_version", "2")
    except _CORRUPT as error:
        raise UsageError(f"{path}: corrupt, or not an HDF5 file: {files.why(error)}") from None
    if config is None:
        raise UsageError(
            f"{path}: holds weights and no network",
            remedy="name a function that builds it and loads them: file.py:function",
        )
    try:
        found = json.loads(config)
    except (TypeError, *_CORRUPT) as error:
        raise UsageError(f"{path}: corrupt: {error}") from None
    if not isinstance(found, dict):
        raise UsageError(f"{path}: corrupt: it describes no network")
    return found, _text(version)


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _refuse_code(path: Path, config: Any, allow_lambda: bool) -> None:
    for item in _objects(config):
        kind, module = str(item.get("class_name")), item.get("module")
        if kind in ("Lambda", "__lambda__"):
            if not allow_lambda:
                raise UsageError(
                    f"{path}: has a Lambda layer, whose code would run when it is loaded",
                    remedy=f"if you trust the file: {ALLOW_LAMBDA}",
                )
        elif _is_foreign(item):
            name = str(item.get("config")) if kind == "function" else kind
            whose = f" of the module '{module}'" if module and module != "builtins" else ""
            raise UsageError(
                f"{path}: needs '{name}'{whose}, which is not Keras'",
                remedy=saved_words.BUILD_IT,
            )


def _is_foreign(item: dict[str, Any]) -> bool:
    """Whether Keras would look for it elsewhere, and import what it finds there."""
    if item.get("class_name") == "function" and not _is_activation(item):
        return True
    if "module" not in item:
        return False  # an HDF5 file names Keras' own alone
    if _is_cell(item):
        return False
    module = str(item["module"] or "").split(".")[0]
    return module not in (*_MODULES, "builtins")


def _is_cell(item: dict[str, Any]) -> bool:
    """Whether it is a cell of hilbench, which `load` makes known to Keras."""
    name = str(item.get("class_name"))
    named = item.get("registered_name") == f"hilbench>{name}"
    return named and item["module"] == layer.SAVED.get(name, "")


def _is_activation(item: dict[str, Any]) -> bool:
    """Keras' own functions are saved by their name."""
    module = str(item.get("module") or "builtins")
    return module == "builtins" or module.split(".")[-1] == "activations"


def _objects(config: Any) -> Iterator[dict[str, Any]]:
    """Every part of a configuration that says its class."""
    left = [config]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            if "class_name" in value:
                yield value
            left += reversed(value.values())
        elif isinstance(value, list):
            left += reversed(value)
