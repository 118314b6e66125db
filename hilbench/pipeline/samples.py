"""The samples of a job in the model file's own types, and the outputs expected of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hilbench.core.errors import Unsupported
from hilbench.tflite.graph import Graph, Tensor
from hilbench.tflite.quantise import Rounding, quantise

Array = NDArray[np.generic]


@dataclass(frozen=True)
class Samples:
    """`inputs` (n, ...) and `expected` (n, ...) in the types of the file.

    The first `rounded` of them are quantised by rounding; the rest, if any, by
    truncation, as the published campaign did.
    """

    inputs: Array
    expected: Array
    rounded: int


def load(vectors: Path, graph: Graph) -> Samples:
    """What the .npz of a TrainedModel means for one .tflite file.

    Raises Unsupported for a file that has not exactly one input and one output.
    """
    if len(graph.inputs) != 1 or len(graph.outputs) != 1:
        counts = f"{len(graph.inputs)} inputs and {len(graph.outputs)} outputs"
        raise Unsupported(f"a model with {counts}; one of each is supported")
    source, target = graph.tensors[graph.inputs[0]], graph.tensors[graph.outputs[0]]
    with np.load(vectors) as arrays:
        inputs = [_as(source, arrays["inputs"], "nearest")]
        expected = [_as(target, arrays["expected"], "nearest")]
        if "published_inputs" in arrays:
            inputs.append(_as(source, arrays["published_inputs"], "truncate"))
            expected.append(_as(target, arrays["published_expected"], "truncate"))
    return Samples(np.concatenate(inputs), np.concatenate(expected), len(inputs[0]))


def _as(tensor: Tensor, values: NDArray[np.float32], rounding: Rounding) -> Array:
    if tensor.dtype == "float32":
        return values
    quantization = tensor.quantization
    if quantization is None or quantization.per_channel:
        raise Unsupported(f"{tensor.label} as input or output: it has no single scale")
    scale, zero_point = quantization.scales[0], quantization.zero_points[0]
    return quantise(values, scale, zero_point, tensor.dtype, rounding)
