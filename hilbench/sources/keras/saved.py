"""A trained file of Keras: .keras, .h5 or a SavedModel folder, read without running its code.

What a file asks for is looked at before TensorFlow opens it: pickled functions
(lambdas) run on loading, and a name of a module is imported. Used in the child alone.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hilbench.core import extras
from hilbench.core.errors import UsageError
from hilbench.sources.keras import saved_words

ALLOW_LAMBDA = "--allow-lambda"

_MODULES = ("keras", "tf_keras")
_DANGEROUS_OPERATORS = ("EagerPyFunc", "PyFunc", "PyFuncStateless", "ReadFile", "WriteFile")


def load(tf: Any, path: Path, allow_lambda: bool) -> Any:
    """The model. Raises UsageError for a file that cannot be read or would run code."""
    if path.is_dir():
        return _saved_model(tf, path)
    config, version = _keras_file(path) if path.suffix == ".keras" else _hdf5(path)
    _refuse_code(path, config, allow_lambda)
    keras = extras.keras3() if version.startswith("3") else extras.keras()
    try:
        return keras.models.load_model(str(path), compile=False, safe_mode=not allow_lambda)
    except Exception as error:
        raise saved_words.told(path, error, version) from error


def _keras_file(path: Path) -> tuple[Any, str]:
    """The configuration in a .keras archive, and the version of Keras that wrote it."""
    try:
        with zipfile.ZipFile(path) as archive:
            config = json.loads(archive.read("config.json"))
            metadata = json.loads(archive.read("metadata.json"))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise UsageError(f"{path}: corrupt, or not a .keras file: {error}") from None
    if not isinstance(config, dict) or not isinstance(metadata, dict):
        raise UsageError(f"{path}: corrupt: it describes no network")
    return config, str(metadata.get("keras_version", ""))


def _hdf5(path: Path) -> tuple[Any, str]:
    h5py = extras.h5py()
    try:
        with h5py.File(path, "r") as file:
            config, version = file.attrs.get("model_config"), file.attrs.get("keras_version", "2")
    except OSError as error:
        raise UsageError(f"{path}: corrupt, or not an HDF5 file: {error}") from None
    if config is None:
        raise UsageError(
            f"{path}: holds weights and no network",
            remedy="name a function that builds it and loads them: file.py:function",
        )
    try:
        found = json.loads(config)
    except ValueError as error:
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
    module = str(item["module"] or "").split(".")[0]
    return module not in (*_MODULES, "builtins")


def _is_activation(item: dict[str, Any]) -> bool:
    """Keras' own functions are saved by their name."""
    module = str(item.get("module") or "builtins")
    return module == "builtins" or module.split(".")[-1] == "activations"


def _objects(config: Any) -> Iterator[dict[str, Any]]:
    """Every part of a configuration that says its class."""
    if isinstance(config, dict):
        if "class_name" in config:
            yield config
        for value in config.values():
            yield from _objects(value)
    elif isinstance(config, list):
        for value in config:
            yield from _objects(value)


class _SavedFunction:
    """A SavedModel's serving function, as a model whose inputs have names."""

    def __init__(self, tf: Any, loaded: Any, function: Any, name: str) -> None:
        self.name = name
        self.inputs = [
            tf.TensorSpec(spec.shape, spec.dtype, name)
            for name, spec in sorted(function.structured_input_signature[1].items())
        ]
        self.variables = list(function.graph.variables)
        self.layers: list[Any] = []
        self._loaded, self._function = loaded, function

    def __call__(self, inputs: Any, training: bool = False) -> Any:
        del training
        flat = inputs if isinstance(inputs, list | tuple) else [inputs]
        names = [spec.name for spec in self.inputs]
        return self._function(**dict(zip(names, flat, strict=True)))

    def get_config(self) -> dict[str, Any]:
        return {"saved_model": self._function.graph.as_graph_def().SerializeToString().hex()}

    def get_weights(self) -> list[Any]:
        return [variable.numpy() for variable in self.variables]


def _saved_model(tf: Any, path: Path) -> Any:
    if not (path / "saved_model.pb").is_file():
        raise UsageError(f"{path}: not a SavedModel: it has no saved_model.pb")
    try:
        _refuse_operators(path)
        loaded = tf.saved_model.load(str(path))
    except (OSError, ValueError, KeyError, tf.errors.OpError) as error:
        raise saved_words.told(path, error, "") from error
    function = _signature(path, dict(loaded.signatures))
    return _SavedFunction(tf, loaded, function, path.name)


_DEFAULT = "serving_default"


def _signature(path: Path, signatures: dict[str, Any]) -> Any:
    """The default one, or the only one. Raises UsageError."""
    if not signatures:
        raise UsageError(f"{path}: has no signature", remedy="save it with one: model.export(...)")
    if len(signatures) > 1 and _DEFAULT not in signatures:
        raise UsageError(
            f"{path}: has the signatures {', '.join(sorted(signatures))}, none of them the default",
            remedy=f"save it with the one to run as '{_DEFAULT}'",
        )
    return signatures.get(_DEFAULT) or next(iter(signatures.values()))


def _refuse_operators(path: Path) -> None:
    """What reads or writes files or runs Python, named in the file, is not even loaded."""
    content = extras.saved_model_format().SavedModel()
    try:
        content.ParseFromString((path / "saved_model.pb").read_bytes())
    except Exception as error:  # noqa: BLE001 - protobuf's own, of several kinds
        raise UsageError(f"{path}: corrupt: {error}") from None
    for graph in (meta.graph_def for meta in content.meta_graphs):
        nodes = [*graph.node, *(node for each in graph.library.function for node in each.node_def)]
        for node in nodes:
            if node.op in _DANGEROUS_OPERATORS:
                raise UsageError(f"{path}: has the operator {node.op}, which reaches out of it")
