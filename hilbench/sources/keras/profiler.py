"""TensorFlow's own count of a graph's float operations, as published campaigns used it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from hilbench.sources.keras.model import Counts

_MATRIX_PRODUCTS = ("MatMul", "BatchMatMulV2", "Conv2D", "DepthwiseConv2dNative")


def count(tf: Any, model: Any, function: Any) -> Counts:
    """Parameters of all variables of a model, and the operations of a concrete function.

    A loop's body counts once, if at all.
    """
    profiler = tf.compat.v1.profiler
    options = profiler.ProfileOptionBuilder(profiler.ProfileOptionBuilder.float_operation())
    root = profiler.profile(function.graph, cmd="op", options=options.with_empty_output().build())
    flops = dict(_float_operations(root))
    return Counts(
        parameters=sum(int(np.prod(variable.shape)) for variable in model.variables),
        macs=sum(flops.values()) // 2,
        matrix_macs=sum(flops.get(product, 0) for product in _MATRIX_PRODUCTS) // 2,
    )


def _float_operations(node: Any) -> Iterator[tuple[str, int]]:
    """Operator types and their float operations in the whole graph."""
    yield node.name, node.float_ops
    for inner in node.children:
        yield from _float_operations(inner)
