"""Operators that are several others in one.

ADD_N is a row of ADD, ONE_HOT compares and selects, an LSTM whose steps come first transposes,
parts from an index on that only the run gives are gathered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from hilbench.engines.aot.passes.dynamic_slices import slice_of, strided_slice
from hilbench.engines.aot.passes.rewriting import Rewriting
from hilbench.tflite.graph import Graph, Operator, OptionValue, Tensor


def expand(graph: Graph) -> Graph:
    """The same network without the operators of `_RULES`, but for forms that no rule knows."""
    if not any(operator.name in _RULES for operator in graph.operators):
        return graph
    to = Rewriting(graph)
    for operator in graph.operators:
        rule = None if operator.custom else _RULES.get(operator.name)
        if rule is None or not rule(to, operator):
            to.operators.append(operator)
    return to.written()


def _add_n(to: Rewriting, operator: Operator) -> bool:
    """From left to right, as the reference kernels sum; int8 would be rounded at every step."""
    first, *others = operator.inputs
    output = to.tensors[operator.outputs[0]]
    if output.dtype not in ("float32", "int32") or not others or min(operator.inputs) < 0:
        return False
    options: dict[str, OptionValue] = {"fused_activation_function": "NONE", "pot_scale_int16": True}
    for number, index in enumerate(others):
        is_last = number == len(others) - 1
        target = output.index if is_last else to.add(replace(output, data=None))
        to.operators.append(Operator(0, "ADD", (first, index), (target,), options))
        first = target
    return True


def _narrow(to: Rewriting, index: int) -> int:
    """The 32-bit numbers that a tensor of 64-bit ones was made of, as Keras 3 does; else itself."""
    writer = to.writers.get(index)
    if writer is None or writer.name != "CAST" or writer.custom or len(writer.inputs) != 1:
        return index
    source = to.tensors[writer.inputs[0]]
    widens = source.dtype == "int32" and to.tensors[index].dtype == "int64"
    return source.index if widens and source.shape == to.tensors[index].shape else index


def _one_hot(to: Rewriting, operator: Operator) -> bool:
    """EQUAL of the indices and the numbers of the new axis, then SELECT_V2 of the two values."""
    if len(operator.inputs) != 4 or min(operator.inputs) < 0:
        return False
    given, depth, on, off = (to.tensors[index] for index in operator.inputs)
    indices = to.tensors[_narrow(to, given.index)]
    output, axis = to.tensors[operator.outputs[0]], operator.options["axis"]
    rank = len(indices.shape) + 1
    if indices.dtype != "int32" or depth.data is None or not isinstance(axis, int):
        return False
    if depth.elements != 1 or not -rank <= axis < rank or len(output.shape) != rank:
        return False
    axis %= rank
    spread = (*indices.shape[:axis], 1, *indices.shape[axis:])
    numbers = np.arange(output.shape[axis], dtype=np.int32)
    numbers = numbers.reshape((-1,) + (1,) * (rank - 1 - axis))
    shape = (*spread[:axis], numbers.size, *spread[axis + 1 :])
    if shape != output.shape or int(depth.data.ravel()[0]) != numbers.size:
        return False
    wide = to.add(replace(indices, shape=spread, data=None))
    to.operators.append(Operator(0, "RESHAPE", (indices.index,), (wide,), {"new_shape": ()}))
    hit = to.add(Tensor(0, "", shape, "bool"))
    to.operators.append(Operator(0, "EQUAL", (wide, to.constant(numbers)), (hit,)))
    inputs = (hit, on.index, off.index)
    to.operators.append(Operator(0, "SELECT_V2", inputs, (output.index,)))
    return True


def _batches_first(to: Rewriting, operator: Operator) -> bool:
    """An LSTM over (steps, batches, ...) between two transpositions, which move nothing for one."""
    source = operator.inputs[0] if operator.inputs else -1
    if not operator.options.get("time_major") or source < 0:
        return False
    ends = [to.tensors[index] for index in (source, operator.outputs[0])]
    if any(len(end.shape) != 3 for end in ends):
        return False
    swapped = [(end.shape[1], end.shape[0], end.shape[2]) for end in ends]
    inner, output = (
        to.add(replace(end, shape=shape, data=None))
        for end, shape in zip(ends, swapped, strict=True)
    )
    order = to.constant(np.array((1, 0, 2), np.int32))
    options = {**operator.options, "time_major": False}
    inputs = (inner, *operator.inputs[1:])
    to.operators += [
        Operator(0, "TRANSPOSE", (source, order), (inner,)),
        replace(operator, inputs=inputs, outputs=(output,), options=options),
        Operator(0, "TRANSPOSE", (output, order), operator.outputs),
    ]
    return True


_RULES: Mapping[str, Callable[[Rewriting, Operator], bool]] = {
    "ADD_N": _add_n,
    "ONE_HOT": _one_hot,
    "SLICE": slice_of,
    "STRIDED_SLICE": strided_slice,
    "UNIDIRECTIONAL_SEQUENCE_LSTM": _batches_first,
}
