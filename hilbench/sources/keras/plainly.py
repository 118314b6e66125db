"""What Keras 3 writes in operators that TFLite or TFLM lacks, in those that they have.

An Embedding lets ids count from the end as well: LESS, ADD and SELECT in front of each GATHER,
which the converter cannot quantize in 16x8 either. Ids that no table has are refused before.
An argmax tells -0.0 from 0.0, by their bits. Used in the child alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from hilbench.core import extras
from hilbench.sources.keras import loops


@contextmanager
def written(tf: Any, model: Any) -> Iterator[None]:
    """A model of Keras 3 is traced so while the block lasts, as one of Keras 2 always is."""
    if not loops.is_keras3(model):
        yield
        return
    changed = [layer for layer in loops.layers(model) if _is_plain(layer)]
    for layer in changed:
        layer.call = partial(_rows, tf, layer)
    numpy = extras.keras3_backend().numpy
    before = numpy.argmax, numpy.argmin
    numpy.argmax, numpy.argmin = partial(_place, tf, tf.argmax), partial(_place, tf, tf.argmin)
    try:
        yield
    finally:
        numpy.argmax, numpy.argmin = before
        for layer in changed:
            del layer.call


def _is_plain(layer: Any) -> bool:
    """Of Keras 3 itself, with a table of floats."""
    kind = type(layer)
    is_own = kind.__name__ == "Embedding" and loops.package(kind) == "keras"
    return is_own and getattr(layer, "quantization_mode", None) is None


def _rows(tf: Any, layer: Any, inputs: Any) -> Any:
    ids = inputs if inputs.dtype in (tf.int32, tf.int64) else tf.cast(inputs, tf.int32)
    rows = tf.gather(tf.convert_to_tensor(layer.embeddings), ids)
    return tf.cast(rows, layer.compute_dtype)


def _place(tf: Any, of: Any, x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """numpy.argmax or argmin."""
    x = tf.convert_to_tensor(x)
    flat = tf.reshape(x, [-1]) if axis is None else x
    found = of(flat, axis=0 if axis is None else axis, output_type=tf.int32)
    if not keepdims:
        return found
    return tf.reshape(found, [1] * x.shape.rank) if axis is None else tf.expand_dims(found, axis)
