"""How Keras 3 looks up the rows of an Embedding. Used in the child alone.

It lets ids count from the end as well: LESS, ADD and SELECT in front of each GATHER, which TFLM
lacks and the converter cannot quantize in 16x8. Ids that no table has are refused before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from hilbench.sources.keras import loops


@contextmanager
def plain(tf: Any, model: Any) -> Iterator[None]:
    """Its Embedding layers are one GATHER each while the block lasts, as those of Keras 2 are."""
    changed = [layer for layer in loops.layers(model) if _is_plain(layer)]
    for layer in changed:
        layer.call = partial(_rows, tf, layer)
    try:
        yield
    finally:
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
