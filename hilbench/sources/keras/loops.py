"""Recurrent loops of a Keras model, and how a converter that dies of them gets none.

TensorFlow's converter makes one operator of an LSTM whose function Keras has marked; any other
loop stays one, and crashes it in integers. Such a layer is unrolled: each step becomes
operators of its own. Used in the child alone.
"""

from __future__ import annotations

import inspect
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any

from hilbench.core import extras

LONGEST_UNROLLED = 1000
"""Steps."""
SECONDS_EACH = 0.05
"""Of processor time: to trace, convert and compile one unrolled step, in proportion up to there."""

_RECURRENT = ("SimpleRNN", "LSTM", "GRU", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "RNN")
_NEVER_UNROLLED = ("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
"""By Keras 2, which ignores it."""
_MASKS = "_maybe_config_dropout_masks"
"""Where Keras 3 draws the masks of dropout, which it does even when they are not for training."""
_GIVEN_STATE = "_hilbench_given_state"
"""Says of an LSTM that it has been called on another first state than zeros."""
_KERAS_2 = "_could_use_gpu_kernel"
"""Where Keras 2 says that it writes the loop in a second way, which is never unrolled."""


def is_keras3(value: Any) -> bool:
    """Of a model or layer; Keras 3 is imported only by those who use it."""
    return "keras" in {package(kind) for kind in type(value).__mro__}


def package(kind: type) -> str:
    """ "keras" or "tf_keras" for a class of theirs, else ""."""
    found = kind.__module__.split(".")[0]
    return found if found in ("keras", "tf_keras") else ""


def layers(model: Any) -> list[Any]:
    """All layers, those inside of others included."""
    flat = getattr(model, "_flatten_layers", None)
    return [layer for layer in flat() if layer is not model] if flat else []


def found(model: Any, fused: bool = False) -> list[Any]:
    """The layers whose loops the converter leaves: all but an LSTM that it fuses, or that too."""
    there = layers(model)
    masked = any(getattr(layer, "mask_zero", False) or _kind(layer) == "Masking" for layer in there)
    return [layer for layer in there if _is_loop(layer, masked or fused)]


@contextmanager
def counted(model: Any) -> Iterator[tuple[list[int], list[int]]]:
    """The steps of each loop that is called while the block lasts: of those left, and of all.

    A layer that is given its first state there is among `found` from then on: the fused operator
    keeps its state from one inference to the next, which would be in the given one's place.
    """
    left: list[int] = []
    every: list[int] = []
    changed = found(model, fused=True)
    kept = {id(layer) for layer in found(model)}
    for layer in changed:
        layer.call = _counting(layer, id(layer) in kept, left, every)
    try:
        yield left, every
    finally:
        for layer in changed:
            del layer.call


def _counting(layer: Any, kept: bool, left: list[int], every: list[int]) -> Any:
    call, axis = layer.call, 0 if getattr(layer, "time_major", False) else 1
    parameters = inspect.signature(call)

    @wraps(call)
    def counting(sequence: Any, *others: Any, **named: Any) -> Any:
        state = parameters.bind(sequence, *others, **named).arguments.get("initial_state")
        first, *states = sequence if isinstance(sequence, list | tuple) else (sequence,)
        if states or state is not None:
            setattr(layer, _GIVEN_STATE, True)
        steps = int(first.shape[axis] or 0)
        every.append(steps)
        if kept or hasattr(layer, _GIVEN_STATE):
            left.append(steps)
        return call(sequence, *others, **named)

    return counting


def can_be_unrolled(layer: Any) -> bool:
    return is_keras3(layer) or _kind(layer) not in _NEVER_UNROLLED


@contextmanager
def unrolled(model: Any, fused: bool = False) -> Iterator[None]:
    """The model itself, with every such loop unrolled while the block lasts."""
    backend = extras.keras3_backend() if is_keras3(model) else extras.keras_backend()
    before = backend.rnn
    backend.rnn = partial(_forwards, before, extras.tensorflow())
    changed = [(layer, getattr(layer, _KERAS_2, None)) for layer in found(model, fused)]
    for layer, kernel in changed:
        layer.unroll = True
        if kernel is not None:
            setattr(layer, _KERAS_2, False)
    try:
        yield
    finally:
        backend.rnn = before
        for layer, kernel in changed:
            layer.unroll = False
            if kernel is not None:
                setattr(layer, _KERAS_2, kernel)


def _forwards(
    rnn: Any, tf: Any, step_function: Any, inputs: Any, initial_states: Any, **named: Any
) -> Any:
    """Keras' loop. One that it unrolls backwards has its mask forwards, in both versions of Keras:
    what is read is reversed instead."""
    mask = named.get("mask")
    if mask is not None and named.get("unroll") and named.get("go_backwards"):
        axis = [0 if named.get("time_major") else 1]
        inputs = tf.nest.map_structure(lambda tensor: tf.reverse(tensor, axis), inputs)
        named |= {"go_backwards": False, "mask": tf.reverse(mask, axis)}
    return rnn(step_function, inputs, initial_states, **named)


def _kind(layer: Any) -> str:
    """The kind of recurrent layer that it is or derives from, or its class."""
    names = [kind.__name__ for kind in type(layer).__mro__ if package(kind)]
    return next((name for name in names if name in _RECURRENT), type(layer).__name__)


def _is_loop(layer: Any, masked: bool) -> bool:
    if _kind(layer) not in _RECURRENT or getattr(layer, "unroll", False):
        return False
    return masked or not _is_fused(layer)


def _is_fused(layer: Any) -> bool:
    """Whether the converter replaces the layer by UNIDIRECTIONAL_SEQUENCE_LSTM."""
    return (
        _kind(layer) == "LSTM"
        and bool(layer.use_bias)
        and _name(layer.activation) == "tanh"
        and _name(layer.recurrent_activation) == "sigmoid"
        and not layer.stateful
        and not layer.return_state
        and not layer.recurrent_dropout  # of training; Keras writes a plain loop all the same
        and (not is_keras3(layer) or layer.use_cudnn is not False)
        and not hasattr(layer, _GIVEN_STATE)
    )


def _name(activation: Any) -> str:
    return str(getattr(activation, "__name__", activation))


@contextmanager
def marked(tf: Any, model: Any) -> Iterator[None]:
    """Keras 3 marks an LSTM while the block lasts, as Keras 2 always does, and draws no dropout."""
    if not is_keras3(model):
        yield
        return
    backend = extras.keras3_backend()
    before = backend.lstm
    backend.lstm = partial(_lstm, tf)
    drawing = [layer for layer in layers(model) if hasattr(layer, _MASKS)]
    for layer in drawing:
        setattr(layer, _MASKS, _nothing)
    try:
        yield
    finally:
        backend.lstm = before
        for layer in drawing:
            delattr(layer, _MASKS)


def _nothing(*_: Any) -> None:
    pass


def _lstm(
    tf: Any,
    inputs: Any,
    state_h: Any,
    state_c: Any,
    mask: Any,
    *,
    kernel: Any,
    recurrent_kernel: Any,
    bias: Any,
    activation: Any,
    recurrent_activation: Any,
    return_sequences: bool,
    go_backwards: bool,
    unroll: bool,
) -> tuple[Any, Any, list[Any]]:
    """In place of Keras 3's backend.lstm; NotImplementedError has Keras write a plain loop."""
    kinds = _name(activation), _name(recurrent_activation)
    if mask is not None or bias is None or unroll or kinds != ("tanh", "sigmoid"):
        raise NotImplementedError
    function = _marked(tf, return_sequences, go_backwards)
    weights = [tf.convert_to_tensor(weight) for weight in (kernel, recurrent_kernel, bias)]
    last, every, h, c, _ = function(inputs, state_h, state_c, *weights)
    return last, every, [h, c]


def _marked(tf: Any, return_sequences: bool, go_backwards: bool) -> Any:
    """The function of an LSTM's loop, with the attributes by which the converter knows it."""
    rnn = extras.keras3_backend().rnn

    def standard_lstm(x: Any, h: Any, c: Any, w: Any, r: Any, b: Any) -> tuple[Any, ...]:
        last, every, states = rnn(
            partial(_step, tf, w, r, b),
            x,
            [h, c],
            go_backwards=go_backwards,
            input_length=x.shape[1],
            return_all_outputs=return_sequences,
        )
        return last, every, *states, tf.constant(1.0)  # the fifth says on what it ran

    attributes = {
        "api_implements": f"lstm_{uuid.uuid4()}",
        "api_preferred_device": "CPU",
        "time_major": False,
        "go_backwards": go_backwards,
    }
    return tf.function(standard_lstm, autograph=False, experimental_attributes=attributes)


def _step(tf: Any, w: Any, r: Any, b: Any, now: Any, states: Any) -> tuple[Any, list[Any]]:
    """One step of an LSTM: (batch, features) and [h, c] to the new h and both."""
    h, c = states
    i, f, g, o = tf.split(tf.matmul(now, w) + tf.matmul(h, r) + b, 4, axis=1)
    c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
    h = tf.sigmoid(o) * tf.tanh(c)
    return h, [h, c]
