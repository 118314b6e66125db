"""A Keras model, of Keras 2 or 3, as a SavedModel of one function with batch size 1.

Used in the child alone. Inputs are `input_00`, `input_01` ..., outputs `output_00` ...,
so that the order of names is the order of the model.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hilbench.core import extras
from hilbench.core.artifacts import TensorSpec
from hilbench.core.errors import UsageError

LONGEST_UNROLLED = 300
"""Steps; tracing and converting longer loops takes minutes."""

Shapes = Mapping[str, tuple[int, ...]]

_RECURRENT = ("SimpleRNN", "LSTM", "GRU", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
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

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        found = sorted(self.function.structured_outputs.items())
        return tuple(
            TensorSpec(name, tuple(map(int, tensor.shape)), tensor.dtype.name)
            for name, tensor in found
        )


def is_model(value: Any) -> bool:
    return any(kind.__name__ == "Model" and _package(kind) for kind in type(value).__mro__)


def is_keras3(value: Any) -> bool:
    """Of a model or layer; Keras 3 is imported only by those who use it."""
    return "keras" in {_package(kind) for kind in type(value).__mro__}


def _package(kind: type) -> str:
    package = kind.__module__.split(".")[0]
    return package if package in ("keras", "tf_keras") else ""


def trace(tf: Any, model: Any, shapes: Shapes) -> Exported:
    """The model traced with batch size 1.

    `shapes` of samples by name fill in dimensions that the model leaves open.

    Raises UsageError for a model whose inputs are not known.
    """
    model = _with_integer_ids(tf, model)
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
        outputs = model(tf.nest.pack_sequence_as(structure, own), training=False)
        return {f"output_{i:02d}": tensor for i, tensor in enumerate(tf.nest.flatten(outputs))}

    function = tf.function(call, autograph=False).get_concrete_function(*signature)
    return Exported(model, specs, function)


def save(tf: Any, exported: Exported, folder: Path) -> None:
    module = tf.Module()
    # Keras 3 wraps its variables; unwrapped they are found, and frozen by the converter.
    module.held = [getattr(variable, "_value", variable) for variable in exported.model.variables]
    if not is_keras3(exported.model):
        module.model = exported.model
    tf.saved_model.save(module, str(folder), signatures=exported.function)


def digest(model: Any) -> str:
    """SHA-256 of the architecture and of the weights' bytes in Keras' order."""
    content = hashlib.sha256()
    with suppress(Exception):
        content.update(json.dumps(model.get_config(), sort_keys=True, default=str).encode())
    for weight in model.get_weights():
        content.update(f"{weight.dtype}{weight.shape}".encode())
        content.update(np.ascontiguousarray(weight).tobytes())
    return content.hexdigest()


def has_loops(model: Any) -> bool:
    """Whether the converter may leave a loop: one that it does not know to be a fused LSTM."""
    found = layers(model)
    masked = any(getattr(layer, "mask_zero", False) or _kind(layer) == "Masking" for layer in found)
    return any(_is_loop(layer, masked) for layer in found)


def _kind(layer: Any) -> str:
    return type(layer).__name__


def layers(model: Any) -> list[Any]:
    """All layers, those inside of others included."""
    found = []
    for layer in getattr(model, "layers", []):
        found += [layer, *layers(layer)]
        for name in ("layer", "forward_layer", "backward_layer"):
            if (inner := getattr(layer, name, None)) is not None:
                found += [inner, *layers(inner)]
    return found


def _is_loop(layer: Any, masked: bool) -> bool:
    if _kind(layer) not in (*_RECURRENT, "RNN") or getattr(layer, "unroll", False):
        return False
    return masked or is_keras3(layer) or not _is_fused(layer)


def _is_fused(layer: Any) -> bool:
    """Whether the converter replaces the layer by UNIDIRECTIONAL_SEQUENCE_LSTM."""
    return (
        _kind(layer) == "LSTM"
        and bool(layer.use_bias)
        and layer.activation.__name__ == "tanh"
        and layer.recurrent_activation.__name__ == "sigmoid"
        and not layer.stateful
        and not layer.return_state
    )


def unrolled(model: Any) -> Any | None:
    """A copy with the same weights and every loop unrolled; None where Keras can make none.

    It cannot copy every layer, and Keras 2 unrolls no ConvLSTM.
    """
    own = {_kind(layer): type(layer) for layer in layers(model) if not _package(type(layer))}
    keras = extras.keras3() if is_keras3(model) else extras.keras()
    try:
        with keras.utils.custom_object_scope(own):
            copy = type(model).from_config(_unroll(model.get_config()))
        copy.set_weights(model.get_weights())
    except Exception:  # noqa: BLE001 - Keras raises anything for layers that it cannot copy
        return None
    return None if has_loops(copy) else copy


def _unroll(config: Any) -> Any:
    if isinstance(config, dict):
        done = {key: _unroll(value) for key, value in config.items()}
        if "unroll" in done:
            done["unroll"] = True
        return done
    if isinstance(config, list | tuple):
        return type(config)(_unroll(value) for value in config)
    return config


def steps_of(exported: Exported) -> int:
    """The longest sequence that a loop of the model may run over."""
    return max((spec.shape[1] for spec in exported.inputs if len(spec.shape) > 1), default=0)


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
        (shape,) = shapes.values()
        return tf.TensorSpec(shape, tf.float32)
    name = getattr(model, "name", type(model).__name__)
    raise UsageError(
        f"network '{name}' does not say the shape of its input",
        remedy="begin it with an Input layer, or call it once on a sample",
    )


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
            remedy="give its Input a fixed shape, or give samples of that shape",
        )
    own = tf.as_dtype(tensor.dtype).name
    dtype = _CARRIED.get(own, own)
    symbols = _symbols(model, tensor)
    low, high = (0, symbols) if symbols else _RANGES.get(dtype, _COUNTS)
    return TensorSpec(
        name, (1, *(int(e) for e in inner if e is not None)), dtype, float(low), float(high)
    )


def _symbols(model: Any, tensor: Any) -> int:
    """How many ids an Embedding knows that reads this input; 0 if none does."""
    for layer in layers(model):
        if type(layer).__name__ == "Embedding":
            with suppress(Exception):
                sources = layer.input if isinstance(layer.input, list) else [layer.input]
                if any(source is tensor for source in sources):
                    return int(layer.input_dim)
    if type(model).__name__ == "Sequential" and model.layers:
        first = model.layers[0]
        return int(first.input_dim) if type(first).__name__ == "Embedding" else 0
    return 0


def _with_integer_ids(tf: Any, model: Any) -> Any:
    """The model with int32 inputs where an Embedding reads them: int8 ids would be wrong ones,
    and TFLM looks up no int64 ones."""
    inputs = getattr(model, "inputs", None) or []
    wanted = [bool(_symbols(model, tensor)) for tensor in inputs]
    others = [tf.as_dtype(tensor.dtype) != tf.int32 for tensor in inputs]
    if not any(ids and other for ids, other in zip(wanted, others, strict=True)):
        return model
    keras = extras.keras3() if is_keras3(model) else extras.keras()
    fresh = [
        keras.Input(
            tuple(tensor.shape[1:]),
            dtype="int32" if ids else tensor.dtype,
            name=str(tensor.name).split(":")[0],
        )
        for tensor, ids in zip(inputs, wanted, strict=True)
    ]
    try:
        copy = keras.models.clone_model(model, input_tensors=fresh if len(fresh) > 1 else fresh[0])
        copy.set_weights(model.get_weights())
    except Exception:  # noqa: BLE001 - Keras raises anything for layers that it cannot copy
        return model
    return copy
