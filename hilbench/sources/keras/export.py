"""A Keras model, of Keras 2 or 3, as a SavedModel of one function with batch size 1.

Used in the child alone. Inputs are `input_00`, `input_01` ..., outputs `output_00` ...,
so that the order of names is the order of the model.
"""

from __future__ import annotations

import hashlib
import json
import re
import traceback
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from hilbench.core import extras
from hilbench.core.artifacts import TensorSpec
from hilbench.core.errors import UsageError
from hilbench.core.text import said
from hilbench.sources.keras import copies, loops, plainly, precision

Shapes = Mapping[str, tuple[int, ...]]

_CARRIED = {
    **dict.fromkeys(("float16", "bfloat16", "float64"), "float32"),
    **dict.fromkeys(("int64", "uint16", "uint32", "uint64", "bool"), "int32"),
}
"""Types of inputs that no device takes, and what carries their values to it."""
_RANGES = {"float32": (-1.0, 1.0), "int8": (-128, 128), "uint8": (0, 256), "int16": (-32768, 32768)}
_COUNTS = 0, 2
"""Of random samples, of which the network may say more; the second is of all other integers."""


@dataclass(frozen=True)
class Exported:
    """A model as a function of flat inputs in the order of `inputs`."""

    model: Any
    inputs: tuple[TensorSpec, ...]
    function: Any
    steps: int = 0
    """Of the longest loop that the converter leaves."""
    longest: int = 0
    """Steps of the longest of all, an LSTM that it fuses included."""
    notes: tuple[str, ...] = ()

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        return tuple(
            TensorSpec(name, _closed(name, tensor), tensor.dtype.name)
            for name, tensor in sorted(self.function.structured_outputs.items())
        )


def _closed(name: str, tensor: Any) -> tuple[int, ...]:
    """The shape of an output. Raises UsageError for one that depends on the values."""
    if tensor.shape.is_fully_defined():
        return tuple(map(int, tensor.shape))
    said = str(tensor.shape.as_list() if tensor.shape.rank is not None else "any")
    raise UsageError(
        f"{name} of the network has an open dimension: {said.replace('None', '?')}",
        remedy="fixed shapes inside of the network, such as Reshape with numbers",
    )


def is_model(value: Any) -> bool:
    return any(kind.__name__ == "Model" and loops.package(kind) for kind in type(value).__mro__)


def trace(tf: Any, model: Any, shapes: Shapes) -> Exported:
    """The model traced with batch size 1.

    `shapes` of samples by name fill in dimensions that the model leaves open.

    Raises UsageError for a model whose inputs are not known.
    """
    _refuse_quantized(model)
    model, note = _that_a_device_takes(tf, model)
    structure = _structure(tf, model)
    flat = tf.nest.flatten(structure)
    given = shapes if len(flat) > 1 else {"": next(iter(shapes.values()), ())}
    specs = tuple(_spec(tf, model, tensor, number, given) for number, tensor in enumerate(flat))
    signature = [
        tf.TensorSpec(spec.shape, spec.dtype, name=f"input_{number:02d}")
        for number, spec in enumerate(specs)
    ]

    def call(*tensors: Any) -> dict[str, Any]:
        own = [tf.cast(x, tf.as_dtype(t.dtype)) for x, t in zip(tensors, flat, strict=True)]
        with _scope(tf, model):
            outputs = model(tf.nest.pack_sequence_as(structure, own), training=False)
        return {f"output_{i:02d}": tensor for i, tensor in enumerate(tf.nest.flatten(outputs))}

    plain = plainly.written(tf, model)
    with plain, loops.marked(tf, model), loops.counted(model) as (left, every):
        try:
            function = tf.function(call, autograph=False).get_concrete_function(*signature)
            if _is_one_sample(tf, function, specs):
                closed = partial(_with_batch_1, call)
                function = tf.function(closed, autograph=False).get_concrete_function(*signature)
        except Exception as error:
            raise _uncallable(flat, specs, error) from error
    steps, longest = max(left, default=0), max(every, default=0)
    return Exported(model, specs, function, steps, longest, (note,) if note else ())


def _refuse_quantized(model: Any) -> None:
    """Of Keras 3, whose products of integers become operands that no operator of TFLite takes."""
    for layer in loops.layers(model):
        if mode := getattr(layer, "quantization_mode", None):
            raise UsageError(
                f"layer '{layer.name}' is quantized by Keras ({mode}), which TFLite has no form of",
                remedy="give the network as it is before quantize(): a variant quantizes it",
            )


def _scope(tf: Any, model: Any) -> Any:
    """For a model, such as of a class `_Net`, whose name TensorFlow takes only within another."""
    is_plain = re.match("[A-Za-z0-9.]", str(getattr(model, "name", "")) or "_")
    return nullcontext() if is_plain else tf.name_scope("network")


def _is_one_sample(tf: Any, function: Any, specs: tuple[TensorSpec, ...]) -> bool:
    """Whether outputs have an open batch, as loops of a SavedModel leave it, that is always 1."""
    shapes = [tensor.shape for tensor in function.structured_outputs.values()]
    if not any(_is_open_batch(shape) for shape in shapes):
        return False
    for value in (0, 1):
        found = function(*(tf.fill(spec.shape, tf.cast(value, spec.dtype)) for spec in specs))
        for name, tensor in found.items():
            if _is_open_batch(function.structured_outputs[name].shape) and tensor.shape[0] != 1:
                return False
    return True


def _is_open_batch(shape: Any) -> bool:
    if shape.rank is None or shape.rank < 2 or shape.is_fully_defined():
        return False
    return shape[0] is None and bool(shape[1:].is_fully_defined())


def _with_batch_1(call: Any, *tensors: Any) -> dict[str, Any]:
    outputs: dict[str, Any] = call(*tensors)
    for tensor in outputs.values():
        if _is_open_batch(tensor.shape):
            tensor.set_shape([1, *tensor.shape[1:]])
    return outputs


def _that_a_device_takes(tf: Any, model: Any) -> tuple[Any, str]:
    """The model, or a copy of other types, and a note on it. Raises UsageError."""
    given = _structure(tf, model)
    floats, note = precision.in_float32(tf, model, given)
    copy = _with_integer_ids(tf, floats)
    if copy is not model:
        tolerance = precision.TOLERANCE if note else copies.TOLERANCE
        copies.check(tf, model, given, copy, _structure(tf, copy), tolerance)
    return copy, note


def _uncallable(flat: list[Any], specs: tuple[TensorSpec, ...], error: Exception) -> UsageError:
    """What the error means with which a model does not take one sample."""
    traceback.print_exception(error)
    batches = {extent for tensor in flat for extent in tuple(tensor.shape)[:1]} - {None, 1}
    if batches:
        return UsageError(
            f"the network is built for batches of {batches.pop()} and does not run on 1 sample",
            remedy="batch_size=1 in its Input, or none",
        )
    shapes = ", ".join(str(list(spec.shape)) for spec in specs)
    message = f"the network does not run on a sample of shape {shapes}"
    first = next(iter(said(error)), "")
    return UsageError(f"{message}: {type(error).__name__}: {first}", remedy=_CALL_IT)


_CALL_IT = "call it on a sample of that shape, where it is built; all of the error is in the log"


def save(tf: Any, exported: Exported, folder: Path) -> None:
    """As a SavedModel of that function alone."""
    module = tf.Module()
    # Keras wraps its variables, and counts states among none; these are found by the converter.
    module.held = list(exported.function.graph.variables)
    for variable in module.held:
        variable._handle_name = _as_scope(variable.name)
    try:
        tf.saved_model.save(module, str(folder), signatures=exported.function)
    except AssertionError:  # a resource that is no variable, such as the table of a lookup
        module.model = exported.model
        tf.saved_model.save(module, str(folder), signatures=exported.function)


def _as_scope(name: str) -> str:
    """A variable's name as TensorFlow saves it: Keras 3 takes any text as the name of a layer."""
    plain = re.sub(r"[^A-Za-z0-9_.\\/>:-]", "_", name)
    return plain if plain[:1].isalnum() else f"v{plain}"


def digest(model: Any) -> str:
    """SHA-256 of the architecture and of the weights' bytes in Keras' order."""
    content = hashlib.sha256()
    with suppress(Exception):
        content.update(json.dumps(model.get_config(), sort_keys=True, default=str).encode())
    for weight in model.get_weights():
        content.update(f"{weight.dtype}{weight.shape}".encode())
        content.update(np.ascontiguousarray(weight).tobytes())
    return content.hexdigest()


def _structure(tf: Any, model: Any) -> Any:
    """The inputs as the model takes them: one, a list or a dict of symbolic tensors."""
    for owner in (model, getattr(model, "_functional", None)):
        for name in ("_nested_inputs", "_inputs_struct"):
            if owner is not None and getattr(owner, name, None) is not None:
                return getattr(owner, name)
    if inputs := getattr(model, "inputs", None):
        return inputs[0] if len(inputs) == 1 else inputs
    with suppress(Exception):
        if (saved := model._get_save_spec(dynamic_batch=False)) is not None:
            return saved
    shapes = getattr(model, "_build_shapes_dict", None) or {}
    if len(shapes) == 1:
        return _of_shapes(tf, *shapes.values())
    name = getattr(model, "name", type(model).__name__)
    raise UsageError(
        f"network '{name}' does not say the shape of its input",
        remedy="begin it with an Input layer, or call it once on a sample",
    )


def _of_shapes(tf: Any, shapes: Any) -> Any:
    """Shapes by name, several of them, or one, as tensors of float32."""
    if isinstance(shapes, dict):
        return {name: _of_shapes(tf, shape) for name, shape in shapes.items()}
    if any(isinstance(shape, list | tuple) for shape in shapes):
        return [_of_shapes(tf, shape) for shape in shapes]
    return tf.TensorSpec(shapes, tf.float32)


def _spec(tf: Any, model: Any, tensor: Any, number: int, shapes: Shapes) -> TensorSpec:
    name = str(getattr(tensor, "name", "") or f"input_{number}").split(":")[0]
    given = shapes.get(name, shapes.get("", ()))
    shape = [None if extent is None else int(extent) for extent in tensor.shape]
    shape[:1] = [1]
    inner = shape[1:]
    if None in inner and len(given) == len(inner):
        inner = [own if own is not None else other for own, other in zip(inner, given, strict=True)]
    if None in inner:
        said = ["?" if extent is None else extent for extent in inner]
        raise UsageError(
            f"input '{name}' of the network has an open dimension: {said}".replace("'?'", "?"),
            remedy="give its Input a fixed shape, or samples of that shape in a file: --data",
        )
    own = tf.as_dtype(tensor.dtype).name
    if own == "string":
        raise UsageError(
            f"input '{name}' of the network is text, which no .tflite takes on a device",
            remedy="begin the network after TextVectorization or such, and give ids as samples",
        )
    dtype = _CARRIED.get(own, own)
    symbols = _symbols(model, tensor)
    low, high = (0, symbols) if symbols else _RANGES.get(dtype, _COUNTS)
    full = (1, *(int(e) for e in inner if e is not None))
    return TensorSpec(name, full, dtype, float(low), float(high), rows=symbols)


def _symbols(model: Any, tensor: Any) -> int:
    """How many ids an Embedding knows that reads this input; 0 if none does."""
    for layer in loops.layers(model):
        if type(layer).__name__ == "Embedding":
            with suppress(Exception):
                sources = layer.input if isinstance(layer.input, list) else [layer.input]
                if any(source is tensor for source in sources):
                    return int(layer.input_dim)
    for inner in getattr(model, "layers", []):
        for own in _inner_inputs(inner, tensor):
            if symbols := _symbols(inner, own):
                return symbols
    if type(model).__name__ == "Sequential" and model.layers:
        first = model.layers[0]
        return int(first.input_dim) if type(first).__name__ == "Embedding" else 0
    return 0


def _inner_inputs(inner: Any, tensor: Any) -> list[Any]:
    """The inputs of a network inside of another that get this tensor."""
    found = []
    with suppress(Exception):
        for node in inner._inbound_nodes if inner.layers else ():
            given = node.input_tensors
            flat = given if isinstance(given, list | tuple) else [given]
            found += [own for own, outer in zip(inner.inputs, flat, strict=True) if outer is tensor]
    return found


def _with_integer_ids(tf: Any, model: Any) -> Any:
    """The model with int32 inputs where an Embedding reads them: int8 ids would be wrong ones,
    and TFLM looks up no int64 ones."""
    inputs = getattr(model, "inputs", None) or []
    wanted = [bool(_symbols(model, tensor)) for tensor in inputs]
    others = [tf.as_dtype(tensor.dtype) != tf.int32 for tensor in inputs]
    if not any(ids and other for ids, other in zip(wanted, others, strict=True)):
        return model
    keras = extras.keras3() if loops.is_keras3(model) else extras.keras()
    fresh = [
        keras.Input(
            tuple(tensor.shape[1:]),
            dtype="int32" if ids else tensor.dtype,
            name=str(tensor.name).split(":")[0],
        )
        for tensor, ids in zip(inputs, wanted, strict=True)
    ]
    own = {"clone_function": _copied} if loops.is_keras3(model) else {}
    try:
        copy = keras.models.clone_model(
            model, input_tensors=fresh if len(fresh) > 1 else fresh[0], **own
        )
        copy.set_weights(model.get_weights())
    except Exception:  # noqa: BLE001 - Keras raises anything for layers that it cannot copy
        return model
    return copy


def _copied(layer: Any) -> Any:
    """A copy, or the layer itself where Keras 3 makes none, such as of a Lambda."""
    try:
        return type(layer).from_config(layer.get_config())
    except Exception:  # noqa: BLE001 - as above
        return layer
