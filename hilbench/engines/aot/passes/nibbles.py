"""Weights of four bits become weights of eight: TFLM unpacks them too before it multiplies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hilbench.tflite.graph import Graph, Tensor


def unpack_nibbles(graph: Graph) -> Graph:
    """int4 constants as int8 ones of the same values and scales, in subgraphs too."""
    tensors = tuple(
        replace(tensor, dtype="int8", data=_unpacked(tensor)) if _is_packed(tensor) else tensor
        for tensor in graph.tensors
    )
    inner = tuple(unpack_nibbles(each) for each in graph.subgraphs)
    return replace(graph, tensors=tensors, subgraphs=inner)


def _is_packed(tensor: Tensor) -> bool:
    data = tensor.data
    whole = -(-tensor.elements // 2)
    return tensor.dtype == "int4" and data is not None and data.size == whole


def _unpacked(tensor: Tensor) -> np.ndarray:
    """Two elements to a byte, the first in its lower half."""
    packed = np.asarray(tensor.data).ravel().view(np.int8)
    low, high = (packed << 4).astype(np.int8) >> 4, packed >> 4
    data = np.stack([low, high], axis=1).ravel()[: tensor.elements].reshape(tensor.shape)
    data = np.ascontiguousarray(data)
    data.flags.writeable = False
    return data
