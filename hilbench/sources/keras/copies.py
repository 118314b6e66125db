"""Copies of a Keras model by its configuration, which are as good as that is.

Used in the child alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hilbench.core.errors import UsageError
from hilbench.sources.keras import loops

TOLERANCE = 1e-4
_SAMPLE = 0.5
"""Of real inputs; ids are 0, which every table has."""


def check(tf: Any, model: Any, structure: Any, copy: Any, copied: Any, tolerance: float) -> None:
    """Both networks on one sample; `structure` and `copied` are of their inputs.

    Raises UsageError where the copy computes something else, by more than the share
    `tolerance` of the largest output. A network that keeps state is not run, nor is one
    that does not take that sample: to trace it says why.
    """
    if any(getattr(layer, "stateful", False) for layer in loops.layers(model)):
        return
    try:
        wanted, found = _outputs(tf, model, structure), _outputs(tf, copy, copied)
    except Exception:  # noqa: BLE001 - whatever its author wrote
        return
    for one, other in zip(wanted, found, strict=True):
        if not np.allclose(one, other, rtol=0, atol=tolerance * max(1.0, np.abs(one).max())):
            raise UsageError(
                "a copy of the network by its configuration computes something else",
                remedy="have get_config of its layers name all that __init__ is given,"
                " or build it with float32 layers and int32 ids, which needs no copy",
            )


def _outputs(tf: Any, model: Any, structure: Any) -> list[Any]:
    sample = tf.nest.map_structure(lambda tensor: _sample(tf, tensor), structure)
    outputs = tf.nest.flatten(model(sample, training=False))
    return [np.nan_to_num(np.asarray(tf.cast(output, tf.float32))) for output in outputs]


def _sample(tf: Any, tensor: Any) -> Any:
    """Batch size 1 where the model leaves it open, and 8 of any other such dimension."""
    batch, *inner = tensor.shape
    shape = [batch or 1, *(extent or 8 for extent in inner)]
    dtype = tf.as_dtype(tensor.dtype)
    return tf.cast(tf.fill(shape, _SAMPLE), dtype) if dtype.is_floating else tf.zeros(shape, dtype)
