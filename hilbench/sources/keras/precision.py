"""A Keras model of other floats than float32, which no device and few converters compute."""

from __future__ import annotations

from typing import Any

from hilbench.core import extras
from hilbench.core.errors import UsageError
from hilbench.sources.keras import loops

_OTHERS = ("mixed_float16", "mixed_bfloat16", "float16", "bfloat16", "float64")
TOLERANCE = 0.05
"""Between them, as a share of the output: that of bfloat16, some layers deep."""
NOTE = "layers of {} are computed in float32"


def in_float32(tf: Any, model: Any, structure: Any) -> tuple[Any, str]:
    """The same network and weights in float32, and a note; the model itself where it is that.

    `structure` is of its inputs. Raises UsageError where Keras can make no copy.
    """
    others = sorted({_policy(layer) for layer in _computing(model)} & {*_OTHERS})
    if not others:
        return model, ""
    keras = extras.keras3() if loops.is_keras3(model) else extras.keras()
    own = {type(layer).__name__: type(layer) for layer in loops.layers(model)}
    own = {name: kind for name, kind in own.items() if not loops.package(kind)}
    before = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy("float32")
    try:
        with keras.utils.custom_object_scope(own):
            copy = type(model).from_config(_changed(model.get_config()))
        if not copy.built:
            copy(tf.nest.map_structure(lambda tensor: _zeros(tf, tensor), structure))
        copy.set_weights([weight.astype("float32") for weight in model.get_weights()])
        if {_policy(layer) for layer in _computing(copy)} & {*_OTHERS}:
            raise UsageError("a layer chooses its own precision")
    except Exception as error:
        message = f"the network computes in {', '.join(others)}, which it does not as .tflite"
        remedy = "build it of float32 layers and load its weights into them"
        raise UsageError(message, remedy=remedy) from error
    finally:
        keras.mixed_precision.set_global_policy(before)
    return copy, NOTE.format(", ".join(others))


def _computing(model: Any) -> list[Any]:
    """Its layers; an input of float64 is one that takes float32."""
    return [layer for layer in loops.layers(model) if type(layer).__name__ != "InputLayer"]


def _policy(layer: Any) -> str:
    policy = getattr(layer, "dtype_policy", None)
    return str(getattr(policy, "name", policy))


def _changed(config: Any) -> Any:
    """A configuration with the names of such types, and the policies of them, replaced."""
    if isinstance(config, dict):
        inner = config.get("config")
        if isinstance(inner, dict) and inner.get("name") in _OTHERS:
            return "float32"
        return {key: _changed(value) for key, value in config.items()}
    if isinstance(config, list | tuple):
        return type(config)(_changed(value) for value in config)
    return "float32" if isinstance(config, str) and config in _OTHERS else config


def _zeros(tf: Any, tensor: Any) -> Any:
    return tf.zeros([1, *(extent or 1 for extent in tensor.shape[1:])], tensor.dtype)
