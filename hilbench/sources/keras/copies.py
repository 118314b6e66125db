"""Copies of a Keras model, by its configuration or unrolled, which are as good as that is.

Used in the child alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hilbench.core.artifacts import TensorSpec
from hilbench.core.errors import UsageError
from hilbench.sources.keras import loops

TOLERANCE = 1e-4
_SAMPLE = 0.5
"""Of real inputs; ids are 0, which every table has."""
_RANDOM = 3
"""Samples on which functions are compared."""


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
        if not _close(one, other, tolerance):
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


def alike(tf: Any, function: Any, other: Any, inputs: Sequence[TensorSpec], model: Any) -> bool:
    """Whether two concrete functions of the model give the same for random samples, some of whose
    steps its masks leave out. The state that they keep is as before afterwards."""
    rng = np.random.default_rng(0)
    masked = [layer.mask_value for layer in loops.layers(model) if hasattr(layer, "mask_value")]
    variables = {id(v): v for graph in (function.graph, other.graph) for v in graph.variables}
    first = [(variable, variable.numpy()) for variable in variables.values()]
    for _ in range(_RANDOM):
        sample = [tf.constant(_random(spec, masked, rng)) for spec in inputs]
        results = []
        for each in (function, other):
            found = each(*sample)
            results.append([found[name].numpy() for name in sorted(found)])
            for variable, value in first:
                variable.assign(value)
        if not all(_close(one, two, TOLERANCE) for one, two in zip(*results, strict=True)):
            return False
    return True


def _random(
    spec: TensorSpec, masked: Sequence[float], rng: np.random.Generator
) -> NDArray[np.generic]:
    """(1, steps, ...) of the input's type: half of the steps are those that a mask leaves out."""
    low, high = (spec.low, spec.high) if spec.high > spec.low else (0, 1)
    values = rng.uniform(low, high, spec.shape).astype(spec.dtype)
    out = rng.integers(0, 2, spec.shape[1:2]).astype(bool)
    if out.ndim and (spec.rows or masked):
        values[:, out] = 0 if spec.rows else masked[0]
    return values


def _close(one: Any, other: Any, tolerance: float) -> bool:
    """Within that share of the largest value."""
    if one.dtype.kind in "iub":
        return bool(np.array_equal(one, other))
    most = np.abs(np.nan_to_num(one)).max(initial=1.0)
    return bool(np.allclose(one, other, rtol=0, atol=tolerance * most, equal_nan=True))
