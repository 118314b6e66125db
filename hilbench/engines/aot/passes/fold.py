"""Computes ahead of time what depends on constants alone.

Shapes are static, so whatever a graph computes from SHAPE is a constant, and so are float16
weights behind DEQUANTIZE. An operator without an entry in `FOLDS` stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hilbench.tflite.graph import Graph, Operator, OptionValue, Tensor

_MAX_ELEMENTS = 1 << 24
"""Of all folded constants of a graph: a file of a few bytes can ask for any size."""

_CONTRADICTIONS = (ValueError, IndexError, TypeError, OverflowError)

Array = np.ndarray


@dataclass(frozen=True)
class Site:
    """An operator with constant inputs; `values` are theirs."""

    operator: Operator
    inputs: Sequence[Tensor]
    values: Sequence[Array]
    output: Tensor

    def option(self, name: str) -> OptionValue:
        return self.operator.options[name]

    def integer(self, name: str) -> int:
        value = self.operator.options[name]
        return int(value) if isinstance(value, int) else 0

    def numbers(self, position: int) -> list[int]:
        return [int(value) for value in self.values[position].ravel()]


@dataclass
class Budget:
    """Elements that may still be computed ahead of time; what is beyond them stays an operator."""

    left: int = _MAX_ELEMENTS

    def take(self, elements: int) -> bool:
        """Whether there is room for a constant of this size, which is then used up."""
        fits = elements <= self.left
        self.left -= elements if fits else 0
        return fits


def fold_constants(graph: Graph) -> Graph:
    """Operators whose inputs are all constant become constants; outputs of the graph stay."""
    tensors, budget = list(graph.tensors), Budget()
    kept: list[Operator] = []
    for operator in graph.operators:
        inputs = [tensors[index] if index >= 0 else None for index in operator.inputs]
        outputs = [tensors[index] for index in operator.outputs if index not in graph.outputs]
        folded = fold(operator, inputs, outputs[0], budget) if outputs else None
        if folded is None:
            kept.append(operator)
        else:
            tensors[folded.index] = folded
    return replace(graph, tensors=tuple(tensors), operators=tuple(kept))


def fold(
    operator: Operator, inputs: Sequence[Tensor | None], output: Tensor, budget: Budget
) -> Tensor | None:
    """The output as a constant, or None where it is not one that we can compute."""
    if operator.custom or operator.name not in FOLDS or len(operator.outputs) != 1:
        return None
    present = [tensor for tensor in inputs if tensor is not None]
    values = [tensor.data for tensor in present if tensor.data is not None]
    if len(present) != len(inputs) or not inputs:
        return None
    if len(values) != len(inputs) and operator.name not in _OF_SHAPES:
        return None
    if _rescales(operator, present, output) or not budget.take(output.elements):
        return None
    try:
        with np.errstate(all="ignore"):
            value = np.asarray(FOLDS[operator.name](Site(operator, present, values, output)))
            if value.size != output.elements:
                return None  # the file contradicts itself: the operator's own check says how
            # ascontiguousarray() would make a vector of a number, which PACK could not stack
            data = np.array(value.reshape(output.shape), np.dtype(output.dtype), order="C")
    except _CONTRADICTIONS:
        return None
    data.flags.writeable = False
    if output.is_variable:
        return replace(output, initial=data)  # what the file writes there is its first value
    return replace(output, data=data)


def _rescales(operator: Operator, inputs: Sequence[Tensor], output: Tensor) -> bool:
    """Whether the values would have to be quantized anew, which is the kernels' business."""
    if output.quantization is None or operator.name in _OF_SHAPES:
        return False
    return any(t.quantization not in (None, output.quantization) for t in inputs)


def _dequantize(site: Site) -> Array:
    """real = scale * (q - zero point); float16 needs no scale."""
    value, found = site.values[0], site.inputs[0].quantization
    if value.dtype.kind == "f" or found is None:
        return value
    along = [1] * value.ndim
    if found.per_channel:
        along[found.dimension] = -1
    scales = np.array(found.scales, np.float32).reshape(along)
    zero_points = np.array(found.zero_points, np.int64).reshape(along)
    return np.asarray((value - zero_points).astype(np.float32) * scales)


def _strided_slice(site: Site) -> Array:
    if any(site.option(mask) for mask in ("ellipsis_mask", "new_axis_mask", "offset")):
        raise ValueError("a mask that only the operator's own check knows")
    index: list[slice | int] = []  # axes that begin leaves out are whole
    ranges = zip(*(site.numbers(position) for position in (1, 2, 3)), strict=True)
    for axis, (first, last, step) in enumerate(ranges):
        bit = 1 << axis
        if site.integer("shrink_axis_mask") & bit:
            index.append(first)
            continue
        start = None if site.integer("begin_mask") & bit else first
        stop = None if site.integer("end_mask") & bit else last
        index.append(slice(start, stop, step))
    return np.asarray(site.values[0][tuple(index)])


def _slice(site: Site) -> Array:
    spans = zip(site.numbers(1), site.numbers(2), strict=True)
    index = tuple(slice(first, None if size == -1 else first + size) for first, size in spans)
    return np.asarray(site.values[0][index])


def _gather(site: Site) -> Array:
    if site.integer("batch_dims"):
        raise ValueError("batch dimensions")
    return np.take(site.values[0], site.values[1], site.integer("axis"))


def _range(site: Site) -> Array:
    first, _, step = (value.ravel()[0] for value in site.values)
    return np.asarray(first + step * np.arange(site.output.elements))


def _arithmetic(function: Callable[[Array, Array], Array]) -> Callable[[Site], Array]:
    """Elementwise, of numbers that have no scale."""

    def fold(site: Site) -> Array:
        scaled = any(tensor.quantization for tensor in (*site.inputs, site.output))
        activation = site.operator.options.get("fused_activation_function", "NONE")
        if scaled or activation != "NONE":
            raise ValueError("not plain numbers")
        return function(site.values[0], site.values[1])

    return fold


_OF_SHAPES = frozenset({"SHAPE", "RANK", "ZEROS_LIKE"})
"""Operators that read the shape of their input only."""

FOLDS: Mapping[str, Callable[[Site], Array]] = {
    "SHAPE": lambda site: np.array(site.inputs[0].shape),
    "RANK": lambda site: np.array(len(site.inputs[0].shape)),
    "ZEROS_LIKE": lambda site: np.zeros(site.output.shape),
    "BROADCAST_ARGS": lambda site: np.array(np.broadcast_shapes(site.numbers(0), site.numbers(1))),
    "CAST": lambda site: site.values[0].astype(site.output.dtype),
    "RESHAPE": lambda site: site.values[0],
    "SQUEEZE": lambda site: site.values[0],
    "EXPAND_DIMS": lambda site: site.values[0],
    "DEQUANTIZE": _dequantize,
    "PACK": lambda site: np.stack(site.values, site.integer("axis")),
    "CONCATENATION": lambda site: np.concatenate(site.values, site.integer("axis")),
    "STRIDED_SLICE": _strided_slice,
    "SLICE": _slice,
    "GATHER": _gather,
    "TRANSPOSE": lambda site: np.transpose(site.values[0], site.numbers(1)),
    "FILL": lambda site: np.full(site.output.shape, site.values[1].ravel()[0]),
    "RANGE": _range,
    "BROADCAST_TO": lambda site: np.broadcast_to(site.values[0], site.output.shape),
    "REDUCE_PROD": lambda site: site.values[0].prod(axis=tuple(site.numbers(1))),
    "ADD": _arithmetic(np.add),
    "SUB": _arithmetic(np.subtract),
    "MUL": _arithmetic(np.multiply),
    "MINIMUM": _arithmetic(np.minimum),
    "MAXIMUM": _arithmetic(np.maximum),
    "EQUAL": _arithmetic(np.equal),
    "NOT_EQUAL": _arithmetic(np.not_equal),
    "LESS": _arithmetic(np.less),
    "LESS_EQUAL": _arithmetic(np.less_equal),
    "GREATER": _arithmetic(np.greater),
    "GREATER_EQUAL": _arithmetic(np.greater_equal),
    "LOGICAL_AND": _arithmetic(np.logical_and),
    "LOGICAL_OR": _arithmetic(np.logical_or),
    "LOGICAL_NOT": lambda site: np.logical_not(site.values[0]),
    "FLOOR_DIV": _arithmetic(np.floor_divide),
    "FLOOR_MOD": _arithmetic(np.mod),
    "NEG": lambda site: -site.values[0],
}
