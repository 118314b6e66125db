"""Shapes that a file leaves open, because they depend on a loop's counter.

The converter writes what TensorFlow's lists do in a loop as SLICE and CONCATENATION of a length
that only the counter gives; once the counter is a constant, so are they.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from hilbench.tflite.graph import Operator, Tensor

Shape = tuple[int, ...]


def infer(operator: Operator, inputs: Sequence[Tensor | None]) -> Shape | None:
    """The shape of the operator's first output, None where no rule says it."""
    rule = _RULES.get(operator.name)
    if rule is None or any(tensor is None for tensor in inputs):
        return None
    try:
        found = rule(operator, [tensor for tensor in inputs if tensor is not None])
    except (ValueError, IndexError, TypeError):
        return None  # the file contradicts itself: the operator's own check says how
    return None if found is None else tuple(int(extent) for extent in found)


def follow(inputs: Sequence[Tensor], before: Sequence[Tensor], declared: Shape) -> Shape:
    """The shape of an elementwise output whose inputs have other shapes than the file says."""
    if all(now.shape == then.shape for now, then in zip(inputs, before, strict=True)):
        return declared
    try:
        return tuple(np.broadcast_shapes(*(tensor.shape for tensor in inputs)))
    except ValueError:
        return declared


def _values(tensor: Tensor) -> list[int]:
    if tensor.data is None:
        raise ValueError("not a constant")
    return [int(value) for value in tensor.data.ravel()]


def _option(operator: Operator, name: str) -> int:
    value = operator.options[name]
    if not isinstance(value, int):
        raise TypeError(name)
    return value


def _slice(_: Operator, inputs: Sequence[Tensor]) -> Shape:
    begin, size = _values(inputs[1]), _values(inputs[2])
    shape = zip(inputs[0].shape, begin, size, strict=True)
    return tuple(n - first if length == -1 else length for n, first, length in shape)


def _strided_slice(operator: Operator, inputs: Sequence[Tensor]) -> Shape | None:
    if any(_option(operator, mask) for mask in ("ellipsis_mask", "new_axis_mask", "offset")):
        return None
    begin, end, strides = (_values(tensor) for tensor in inputs[1:4])
    shape = []
    for axis, n in enumerate(inputs[0].shape):
        bit = 1 << axis
        if axis >= len(begin):  # what begin leaves out is whole
            shape.append(n)
            continue
        if _option(operator, "shrink_axis_mask") & bit:
            continue
        start = None if _option(operator, "begin_mask") & bit else begin[axis]
        stop = None if _option(operator, "end_mask") & bit else end[axis]
        shape.append(len(range(*slice(start, stop, strides[axis]).indices(n))))
    return tuple(shape)


def _concatenation(operator: Operator, inputs: Sequence[Tensor]) -> Shape:
    axis = _option(operator, "axis") % len(inputs[0].shape)
    shape = list(inputs[0].shape)
    shape[axis] = sum(tensor.shape[axis] for tensor in inputs)
    return tuple(shape)


def _gather(operator: Operator, inputs: Sequence[Tensor]) -> Shape | None:
    if _option(operator, "batch_dims"):
        return None
    table, ids = inputs
    axis = _option(operator, "axis") % len(table.shape)
    return table.shape[:axis] + ids.shape + table.shape[axis + 1 :]


def _reshape(_: Operator, inputs: Sequence[Tensor]) -> Shape | None:
    if len(inputs) < 2:
        return None
    wanted = _values(inputs[1])
    known = int(np.prod([n for n in wanted if n != -1], dtype=np.int64))
    return tuple(inputs[0].elements // max(known, 1) if n == -1 else n for n in wanted)


_RULES: Mapping[str, Callable[[Operator, Sequence[Tensor]], Shape | None]] = {
    "SLICE": _slice,
    "STRIDED_SLICE": _strided_slice,
    "CONCATENATION": _concatenation,
    "GATHER": _gather,
    "RESHAPE": _reshape,
    "FILL": lambda _, inputs: tuple(_values(inputs[0])),
    "BROADCAST_TO": lambda _, inputs: tuple(_values(inputs[1])),
}
