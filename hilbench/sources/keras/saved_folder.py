"""A SavedModel folder as a model of one function, loaded without running its code.

What it asks for is looked at before TensorFlow opens it. Used in the child alone.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hilbench.core import extras, files
from hilbench.core.errors import UsageError
from hilbench.sources.keras import saved_words

_REACHING_OUT = re.compile(
    r"PyFunc|ReadFile|WriteFile|MatchingFiles|FromTextFile|Reader|Dataset|Summary|ImmutableConst"
    r"|LoadAndRemapMatrix|Rpc|^Debug|^Abort$"
)
"""Names of TensorFlow's operators, by family, that run Python, use files or the network, or end
the process. What loads and saves a checkpoint is in every SavedModel."""
_FILE, _DEFAULT = "saved_model.pb", "serving_default"
_LARGEST_FILE = 2048 * files.MIB
"""Protocol buffers have no more."""


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


def load(tf: Any, path: Path) -> Any:
    """The model. Raises UsageError for a folder that cannot be read or would run code."""
    content = examined(path)
    try:
        _of_one_sample(tf, content)
        loaded = _loaded(tf, path, content)
    except (OSError, ValueError, KeyError, tf.errors.OpError) as error:
        raise saved_words.explained(path, error, "") from error
    function = _signature(path, dict(loaded.signatures))
    return _SavedFunction(tf, loaded, function, path.name)


def examined(path: Path) -> Any:
    """Its protocol buffer. Raises UsageError for a folder that cannot be read or would run code."""
    if not (path / _FILE).is_file():
        raise UsageError(f"{path}: not a SavedModel: it has no saved_model.pb")
    content = _content(path)
    _refuse_operators(path, content)
    return content


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


def _content(path: Path) -> Any:
    content = extras.saved_model_format().SavedModel()
    try:
        content.ParseFromString(files.read(path / _FILE, _LARGEST_FILE))
    except OSError as error:
        raise UsageError(f"{path / _FILE}: {files.why(error)}") from None
    except Exception as error:  # noqa: BLE001 - protobuf's own, of several kinds
        raise UsageError(f"{path}: corrupt: {error}") from None
    return content


def _scopes(content: Any) -> Iterator[Any]:
    """The nodes of each graph and of each function, whose names are of that one alone."""
    for graph in (meta.graph_def for meta in content.meta_graphs):
        yield graph.node
        yield from (function.node_def for function in graph.library.function)


def _refuse_operators(path: Path, content: Any) -> None:
    """What reads or writes files or runs Python, named in the file, is not even loaded."""
    for nodes in _scopes(content):
        for node in nodes:
            if _REACHING_OUT.search(node.op):
                raise UsageError(f"{path}: has the operator {node.op}, which reaches out of it")


_ELEMENT_SHAPE = {
    "EmptyTensorList": 0, "TensorListReserve": 0, "TensorListFromTensor": 1,
    "TensorListStack": 1, "TensorListGetItem": 2,
}  # fmt: skip
"""Which input of an operator that loops collect with is the shape of what they collect."""


def _of_one_sample(tf: Any, content: Any) -> None:
    """Close the batch of what loops collect: a device runs one sample, and the converter wants it.

    TensorFlow itself refuses at run time what turns out to have another shape.
    """
    for nodes in _scopes(content):
        constants = {node.name: node for node in nodes if node.op == "Const"}
        for node in [*nodes]:
            place = _ELEMENT_SHAPE.get(node.op)
            name = "" if place is None else node.input[place]
            constant = constants.get(name.split(":")[0])
            if constant is not None and (shape := _with_batch_1(tf, constant)) is not None:
                own = nodes.add()  # others may use the constant for something else
                own.CopyFrom(constant)
                own.name = f"{node.name}_element_shape"
                own.attr["value"].tensor.CopyFrom(shape)
                node.input[place] = name.replace(constant.name, own.name, 1)


def _with_batch_1(tf: Any, constant: Any) -> Any:
    """[1, 4] for [-1, 4], as a protocol buffer; None for another shape."""
    shape = tf.make_ndarray(constant.attr["value"].tensor)
    if shape.ndim != 1 or shape.size < 2 or shape[0] != -1 or (shape[1:] <= 0).any():
        return None
    return tf.make_tensor_proto([1, *shape[1:]], shape.dtype)


def _loaded(tf: Any, path: Path, content: Any) -> Any:
    """What TensorFlow makes of the folder with that content."""
    with tempfile.TemporaryDirectory() as folder:
        for entry in path.iterdir():
            if entry.name != _FILE:
                (Path(folder) / entry.name).symlink_to(entry.resolve())
        (Path(folder) / _FILE).write_bytes(content.SerializeToString())
        return tf.saved_model.load(folder)
