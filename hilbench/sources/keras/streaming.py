"""The streaming form of a Keras network: the same layers on a few time steps at a time.

Recurrent layers become stateful; a causal convolution keeps the steps that its filter still sees.
Whatever looks at one step alone stays as it is. The copy has the weights of the network, and its
outputs over a whole sequence are compared with the network's. Used in the child alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hilbench.core import extras
from hilbench.core.errors import UsageError
from hilbench.sources.keras import loops

_RECURRENT = ("SimpleRNN", "LSTM", "GRU", "RNN")
_OF_ONE_STEP = """
Dense EinsumDense Activation ReLU LeakyReLU PReLU ELU ThresholdedReLU Softmax Dropout
SpatialDropout1D GaussianNoise GaussianDropout AlphaDropout ActivityRegularization
BatchNormalization LayerNormalization UnitNormalization TimeDistributed Embedding Rescaling
Normalization Masking Add Subtract Multiply Average Maximum Minimum Concatenate InputLayer
"""
_EACH_STEP = frozenset(_OF_ONE_STEP.split())
_TIME = 1  # the axis of time, behind that of the batch
_RELATIVE = 1e-4
_DEFAULT_LENGTH = 8  # in invocations, of the sequence compared where the network's length is open


@dataclass(frozen=True)
class Streaming:
    """A copy of a network whose state is kept from call to call, and how it was compared."""

    model: Any
    note: str


def needed(model: Any) -> bool:
    """Whether something in it looks at several steps and nothing keeps state yet."""
    layers = loops.layers(model)
    if any(getattr(layer, "stateful", False) for layer in layers):
        return False
    return any(_keeps(layer) or _class(layer) == "Bidirectional" for layer in layers)


def of(tf: Any, model: Any, step: int, shapes: Mapping[str, tuple[int, ...]]) -> Streaming:
    """The network on `step` time steps.

    `shapes` of samples by name give the length of a sequence that the network leaves open.
    Raises UsageError with the name of a layer that needs more than it has seen, and where the
    outputs are not those of the whole network.
    """
    if len(getattr(model, "inputs", None) or ()) != 1:
        raise _refused("the network has not one input", "one Input layer")
    (source,) = model.inputs
    if len(source.shape) < 2:
        raise _refused(f"input '{source.name}' has no axis of time", "an input of (steps, ...)")
    length = source.shape[_TIME] or next((s[0] for s in shapes.values() if s), 0)
    length = int(length or step * _DEFAULT_LENGTH)
    if length % step:
        raise _refused(
            f"sequences of {length} steps are no multiple of stream_step {step}",
            "one that divides it",
        )
    copy, apart = _compared(tf, model, step, length)
    _reset(tf, copy)
    if not apart <= _RELATIVE:
        masked = ", where steps are masked" if list(_masks(model)) else ""
        raise _refused(
            f"in steps of {step} its outputs differ by {apart:.1e} of the whole{masked}", _REMEDY
        )
    said = f"differ by {apart:.0e} from" if apart else "equal"
    note = f"streaming form made by hilbench: in float, {length} steps {said} all at once"
    return Streaming(copy, note)


def _compared(tf: Any, model: Any, step: int, length: int) -> tuple[Any, float]:
    """The copy, and how far apart its outputs are."""
    try:
        copy = _copied(tf, model, step)
        return copy, _difference(tf, model, copy, step, length)
    except (ValueError, tf.errors.InvalidArgumentError) as error:  # weights for each step, t[:, 1:]
        said = next((line for line in str(error).splitlines() if line.strip()), "")
        raise _refused(f"on {step} of its {length} steps Keras says: {said}", _REMEDY) from None


def _refused(what: str, remedy: str) -> UsageError:
    return UsageError(f"no streaming form: {what}", remedy=remedy)


def _class(layer: Any) -> str:
    return type(layer).__name__


def _kind(layer: Any) -> str:
    """Its class, or that class of Keras which it derives from."""
    names = [kind.__name__ for kind in type(layer).__mro__ if loops.package(kind)]
    known = (*_RECURRENT, "Conv1D", *_EACH_STEP)
    return next((name for name in names if name in known), _class(layer))


def _keeps(layer: Any) -> bool:
    return _kind(layer) in _RECURRENT or (
        _kind(layer) == "Conv1D" and layer.padding == "causal" and layer.kernel_size[0] > 1
    )


def _check_layers(tf: Any, model: Any) -> None:
    """Raise UsageError for a layer that sees more of time than a stream has."""
    given = {_key(tensor) for tensor in model.inputs}
    timed = set(given)
    for layer in model.layers:
        inputs, outputs = tf.nest.flatten(layer.input), tf.nest.flatten(layer.output)
        if not timed.intersection(map(_key, inputs)):
            continue
        why = _objection(layer)
        if _kind(layer) == "Masking" and not given.issuperset(map(_key, inputs)):
            why = "masks by what other layers give it"
        if why:
            raise _refused(f"layer '{layer.name}' ({_class(layer)}) {why}", _REMEDY)
        if _kind(layer) in _RECURRENT:  # behind its sequence are its states, if it returns them
            outputs = outputs[:1] if layer.return_sequences else []
        timed.update(map(_key, outputs))


_REMEDY = "measure it without stream, or another layer there"


def _key(tensor: Any) -> Any:
    history = getattr(tensor, "_keras_history", None)
    return (id(history[0]), *history[1:]) if history else id(tensor)


def _objection(layer: Any) -> str:
    """Why a layer cannot have a few steps of time at once, "" where it can."""
    kind = _kind(layer)
    if kind in _RECURRENT:
        if layer.go_backwards:
            return "goes backwards, from the end of a sequence"
        return "has the axis of time in front" if getattr(layer, "time_major", False) else ""
    if kind == "Conv1D":
        return _of_convolution(layer)
    if kind == "Bidirectional":
        return "reads from the end of a sequence as well"
    if kind in ("Softmax", "Concatenate", "BatchNormalization", "LayerNormalization"):
        axes = layer.axis if isinstance(layer.axis, list | tuple) else [layer.axis]
        return "works along time" if _TIME in axes else ""
    return "" if kind in _EACH_STEP else "is not known to look at one step of time alone"


def _of_convolution(layer: Any) -> str:
    if layer.kernel_size[0] == 1 and layer.strides[0] == 1:
        return ""
    if layer.padding != "causal":
        return f"has padding {layer.padding}, not causal"
    if layer.strides[0] != 1:
        return f"has strides of {layer.strides[0]}"
    first = getattr(layer, "data_format", "channels_last") == "channels_first"
    return "has channels in front of time" if first else ""


def _copied(tf: Any, model: Any, step: int) -> Any:
    try:
        _check_layers(tf, model)
    except AttributeError:
        raise _refused("a layer is called more than once", _REMEDY) from None
    keras = extras.keras3() if loops.is_keras3(model) else extras.keras()
    (source,) = model.inputs
    shape = (1, step, *source.shape[2:])
    name = str(source.name).split(":")[0]
    fresh = keras.Input(batch_shape=shape, dtype=source.dtype, name=name)
    make = _streamed_convolution(keras)

    def streamed(layer: Any) -> Any:
        config = layer.get_config()
        if _kind(layer) in _RECURRENT:
            config.pop("batch_input_shape", None)
            return type(layer).from_config({**config, "stateful": True})
        if _keeps(layer):
            return make(layer, name=layer.name)
        return type(layer).from_config(config)

    cells = [type(layer.cell) for layer in model.layers if hasattr(layer, "cell")]
    with keras.utils.custom_object_scope({cell.__name__: cell for cell in cells}):
        copy = keras.models.clone_model(model, input_tensors=fresh, clone_function=streamed)
    ours = {layer.name: layer for layer in copy.layers}
    for layer in model.layers:
        if layer.weights and layer.name in ours:
            target = getattr(ours[layer.name], "convolution", ours[layer.name])
            target.set_weights(layer.get_weights())
    return copy


def _streamed_convolution(keras: Any) -> Callable[..., Any]:
    """A layer that keeps the inputs which a causal convolution still sees."""

    class StreamedConv1D(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self, layer: Any, **options: Any) -> None:
            super().__init__(**options)
            config = {**layer.get_config(), "padding": "valid", "name": f"{layer.name}_window"}
            self.convolution = type(layer).from_config(config)
            self.kept = (layer.kernel_size[0] - 1) * layer.dilation_rate[0]

        def build(self, shape: Any) -> None:
            self.before = self.add_weight(
                name="before",
                shape=(1, self.kept, shape[-1]),
                initializer="zeros",
                trainable=False,
            )
            self.convolution.build((1, self.kept + shape[_TIME], shape[-1]))
            super().build(shape)

        def call(self, steps: Any) -> Any:
            joined = keras.layers.concatenate([self.before[:], steps], axis=_TIME)
            self.before.assign(joined[:, -self.kept :])
            return self.convolution(joined)

        def reset_state(self) -> None:
            self.before.assign(np.zeros(self.before.shape, np.float32))

    return StreamedConv1D


def _difference(tf: Any, model: Any, copy: Any, step: int, length: int) -> float:
    """Between the outputs on a random sequence at once and in steps, beside the largest value."""
    sequence = _random(model, length)
    whole = [tensor.numpy() for tensor in tf.nest.flatten(model(sequence, training=False))]
    parts = [
        [t.numpy() for t in tf.nest.flatten(copy(sequence[:, at : at + step], training=False))]
        for at in range(0, length, step)
    ]
    worst = 0.0
    for wanted, pieces in zip(whole, zip(*parts, strict=True), strict=True):
        joined = pieces[-1]
        if joined.shape != wanted.shape or step == length:
            joined = np.concatenate(pieces, axis=_TIME)
        apart = float(np.abs(joined - wanted).max(initial=0.0))
        worst = max(worst, apart / max(float(np.abs(wanted).max(initial=0.0)), 1.0))
    return worst


def _masks(model: Any) -> Iterator[float]:
    """What the network leaves out of its sequences, by each layer that does."""
    for layer in loops.layers(model):
        if _kind(layer) == "Masking":
            yield layer.mask_value
        elif getattr(layer, "mask_zero", False):
            yield 0


def _random(model: Any, length: int) -> Any:
    """A sequence; numbers that an Embedding may look up where there is one. Of what is masked there
    are some steps, the last among them: Keras repeats the last output then, which a step of a
    stream has not."""
    sequence = _drawn(model, length)
    for value in _masks(model):
        sequence[:, 1::3] = sequence[:, -1] = value
    return sequence


def _drawn(model: Any, length: int) -> Any:
    rng = np.random.default_rng(0)
    (source,) = model.inputs
    shape = (1, length, *source.shape[2:])
    symbols = [layer.input_dim for layer in loops.layers(model) if _kind(layer) == "Embedding"]
    if symbols:
        return rng.integers(0, min(symbols), shape).astype(np.int32)
    return rng.normal(size=shape).astype(np.float32)


def _reset(tf: Any, copy: Any) -> None:
    """States as before the first step: the comparison has changed them.

    Keras 3 does not reset those of cells in one RNN itself: their lists have no values.
    """
    for layer in copy.layers:
        if hasattr(layer, "before"):
            layer.reset_state()
        elif getattr(layer, "stateful", False):
            for state in tf.nest.flatten(layer.states):
                state.assign(np.zeros(state.shape, np.float32))
