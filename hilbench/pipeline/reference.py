"""What the device's outputs are compared with: the float network, and TFLM on the host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hilbench.core.artifacts import ConvertedModel, OracleResult
from hilbench.core.errors import HilbenchError
from hilbench.oracle import tflm
from hilbench.pipeline.samples import Samples, real_values
from hilbench.tflite.graph import Graph

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


def expected(converted: ConvertedModel) -> Mapping[str, Array]:
    """`expected_00` (n, *shape) and so on of the float network; empty where there is none."""
    if converted.expected is None:
        return {}
    with np.load(converted.expected, allow_pickle=False) as arrays:
        return dict(arrays.items())


def as_expected(outputs: Sequence[Array]) -> Mapping[str, Array]:
    return {f"expected_{number:02d}": array for number, array in enumerate(outputs)}


def outputs(result: OracleResult) -> Mapping[str, Array]:
    """Those of a float file, as what is expected of another."""
    return as_expected(tflm.outputs(result))


def float_inputs(graph: Graph, pairs: Samples) -> tuple[Array, ...]:
    """The samples of a quantized file as its float reference takes them."""
    tensors = [graph.tensors[index] for index in graph.inputs]
    return tuple(
        values if tensor.dtype == "int32" else real_values(tensor, values)
        for tensor, values in zip(tensors, pairs.inputs, strict=True)
    )
