"""What the device's outputs are compared with: the float network, and TFLM on the host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hilbench.core.artifacts import ConvertedModel, OracleResult
from hilbench.core.errors import HilbenchError
from hilbench.oracle import tflm
from hilbench.pipeline.samples import Samples, real_values
from hilbench.tflite.graph import Graph, Tensor

Array = NDArray[np.generic]

FLOAT = "basic"
"""The variant of a float file: what TFLM computes of it is the float network."""


@dataclass(frozen=True)
class Oracle:
    """TFLM's outputs (n, *shape) on the host, or, in `runtime`, why there are none."""

    runtime: str
    outputs: tuple[Array, ...] = ()
    arena_bytes: int | None = None


def of(result: OracleResult) -> Oracle:
    return Oracle(result.runtime, tflm.outputs(result), result.arena_bytes)


def missing(error: HilbenchError) -> Oracle:
    return Oracle(f"none: {error}")


@dataclass(frozen=True)
class Reference:
    """What the device's outputs are compared with, and who gave it; or `why` there is nothing.

    `outputs` are `expected_00` (n, *shape) and so on, `is_float` where they are of the network in
    floats, which a quantized one is to be as good as.
    """

    name: str | None = None
    outputs: Mapping[str, Array] = field(default_factory=dict)
    is_float: bool = True
    why: str = ""


TFLM, LITE = "TFLM on the host", "TensorFlow Lite on the host"


def of_keras(converted: ConvertedModel) -> Reference:
    """The float network's own outputs, where it has been asked for them."""
    if converted.expected is None:
        return Reference()
    with np.load(converted.expected, allow_pickle=False) as arrays:
        return Reference("float Keras network", dict(arrays.items()))


def of_float_file(named: Path | None, result: OracleResult, runtime: str) -> Reference:
    """Of the file that the user named, or of the one that the Keras network became."""
    what = f"file {named.name}" if named else "file of the Keras network"
    return Reference(f"float {what} in {runtime}", _as_expected(tflm.outputs(result)))


def of_oracle(oracle: Oracle) -> Reference:
    """What TFLM computes of a file of floats."""
    return Reference(TFLM, _as_expected(oracle.outputs))


def of_lite(result: OracleResult, graph: Graph, *, is_float: bool) -> Reference:
    """What TensorFlow Lite computes of the file itself."""
    tensors = [graph.tensors[index] for index in graph.outputs]
    pairs = zip(tensors, tflm.outputs(result), strict=True)
    meant = [_meant(tensor, values) for tensor, values in pairs]
    return Reference(LITE, _as_expected(meant), is_float)


def _meant(tensor: Tensor, values: Array) -> Array:
    return values if tensor.quantization is None else real_values(tensor, values)


def _as_expected(outputs: Sequence[Array]) -> Mapping[str, Array]:
    return {f"expected_{number:02d}": array for number, array in enumerate(outputs)}


def float_inputs(graph: Graph, pairs: Samples) -> tuple[Array, ...]:
    """The samples of a quantized file as its float reference takes them."""
    tensors = [graph.tensors[index] for index in graph.inputs]
    return tuple(
        values if tensor.dtype == "int32" else real_values(tensor, values)
        for tensor, values in zip(tensors, pairs.inputs, strict=True)
    )
