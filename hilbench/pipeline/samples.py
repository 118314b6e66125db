"""The samples of a job in the model file's own types, and the outputs expected of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hilbench.core.errors import DataError, Unsupported
from hilbench.tflite.graph import Graph, Tensor
from hilbench.tflite.quantize import Rounding, dequantize, quantize

Array = NDArray[np.generic]


@dataclass(frozen=True)
class Samples:
    """`inputs` of each input and `expected` of each output, (n, *shape) in the file's types.

    The first `rounded` of the n are quantized by rounding; the rest, if any, by
    truncation, as the published campaign did. `real` are the expected outputs as floats,
    those and `expected` empty without a float reference. `labels` are of the first
    output's rounded samples. The shares are of values outside of the type's range. The
    network's state begins anew before every `steps`-th sample.
    """

    inputs: tuple[Array, ...]
    expected: tuple[Array, ...]
    real: tuple[NDArray[np.float32], ...]
    rounded: int
    labels: Array | None = None
    clipped_inputs: float | None = None
    clipped_expected: float | None = None
    steps: int = 1

    @property
    def published(self) -> bool:
        return len(self.inputs[0]) > self.rounded


def load(vectors: Path, expected: Mapping[str, Array], graph: Graph) -> Samples:
    """What the .npz of samples, and the float reference's outputs, mean for one .tflite file.

    Raises Unsupported for a type that samples cannot have, DataError for samples of
    another shape than the file's.
    """
    sources = [graph.tensors[index] for index in graph.inputs]
    targets = [graph.tensors[index] for index in graph.outputs]
    given = _read(vectors)
    inputs = _of("input", "published", sources, given)
    wanted = _of("expected", "published_expected", targets, expected) if expected else ()
    return Samples(
        inputs=inputs,
        expected=wanted,
        real=tuple(array.astype(np.float32) for array in _in_order(expected, "expected")),
        rounded=len(_in_order(given, "input")[0]),
        labels=given.get("labels"),
        clipped_inputs=_clipped(sources, _in_order(given, "input")),
        clipped_expected=_clipped(targets, _in_order(expected, "expected")),
        steps=int(given.get("steps", 1)),
    )


def real_values(tensor: Tensor, values: Array) -> NDArray[np.float32]:
    """An output's values as they are meant."""
    if values.dtype.kind == "f" or tensor.quantization is None:
        return values.astype(np.float32)
    scale, zero = tensor.quantization.scales[0], tensor.quantization.zero_points[0]
    return dequantize(values, scale, zero)  # type: ignore[arg-type]


def _read(path: Path) -> Mapping[str, Array]:
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays.items())


def _in_order(arrays: Mapping[str, Array], which: str) -> tuple[Array, ...]:
    return tuple(arrays[name] for name in sorted(arrays) if re.fullmatch(rf"{which}_\d\d", name))


def _of(
    rounded: str, truncated: str, tensors: Sequence[Tensor], arrays: Mapping[str, Array]
) -> tuple[Array, ...]:
    nearest, published = _in_order(arrays, rounded), _in_order(arrays, truncated)
    if len(nearest) != len(tensors):
        message = f"samples of {len(nearest)} tensors for {len(tensors)} of the file"
        raise DataError(message)
    found = []
    for number, tensor in enumerate(tensors):
        parts = [_as(tensor, nearest[number], "nearest")]
        if published:
            parts.append(_as(tensor, published[number], "truncate"))
        found.append(np.concatenate(parts))
    return tuple(found)


def _as(tensor: Tensor, values: Array, rounding: Rounding) -> Array:
    """(n, *shape of the tensor) in its type; what has that type already stays as it is."""
    if values.shape[1:] != tensor.shape:
        message = f"samples of shape {list(values.shape[1:])} for {tensor.label}"
        raise DataError(message)
    if values.dtype == tensor.dtype:
        return values
    if tensor.dtype == "float32":
        return values.astype(np.float32)
    if not _is_quantized(tensor):
        return _whole(tensor, values)
    quantization = tensor.quantization
    if quantization is None or quantization.per_channel:
        raise Unsupported(f"{tensor.label} as input or output: it has no single scale")
    scale, zero_point = quantization.scales[0], quantization.zero_points[0]
    return quantize(values.astype(np.float32), scale, zero_point, tensor.dtype, rounding)


def _is_quantized(tensor: Tensor) -> bool:
    return tensor.dtype in ("int8", "uint8", "int16")


def _whole(tensor: Tensor, values: Array) -> Array:
    """Ids and counts."""
    if tensor.dtype not in ("int32", "int64", "bool", "uint32"):
        raise Unsupported(f"{tensor.label} as input or output")
    limits = (0, 1) if tensor.dtype == "bool" else _limits(tensor.dtype)
    real = values.astype(np.float64)
    if (real != np.floor(real)).any() or real.min() < limits[0] or real.max() > limits[1]:
        raise DataError(f"samples of {values.dtype} are no values of {tensor.label}")
    return values.astype(tensor.dtype)


def _limits(dtype: str) -> tuple[int, int]:
    limits = np.iinfo(dtype)
    return int(limits.min), int(limits.max)


def _clipped(tensors: Sequence[Tensor], arrays: Sequence[Array]) -> float | None:
    """Share of real values that a quantized type cannot hold; None where there are none.

    What is up to half a step beyond rounds to the end of the range and is none.
    """
    outside = total = 0
    for tensor, values in zip(tensors, arrays, strict=False):
        quantization = tensor.quantization
        if values.dtype.kind != "f" or quantization is None or not _is_quantized(tensor):
            continue
        limits = np.iinfo(tensor.dtype)
        zero, scale = quantization.zero_points[0], quantization.scales[0]
        low, high = (limits.min - zero - 0.5) * scale, (limits.max - zero + 0.5) * scale
        real = values.astype(np.float64)
        outside += int(((real < low) | (real > high)).sum())
        total += values.size
    return outside / total if total else None
