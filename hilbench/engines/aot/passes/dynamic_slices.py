"""Parts of a tensor from an index on that only the run gives: `x[:, t]` in a loop over t.

Along such an axis the elements are gathered: GATHER of t, t + 1, ... What is constant of the
range stays a STRIDED_SLICE.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hilbench.engines.aot.passes.indices import Indices, Number
from hilbench.engines.aot.passes.rewriting import Rewriting
from hilbench.tflite.graph import Operator, OptionValue, Tensor

_PLAIN: Mapping[str, OptionValue] = {"fused_activation_function": "NONE", "pot_scale_int16": True}
_MASKS = ("begin_mask", "end_mask", "shrink_axis_mask")


@dataclass(frozen=True)
class _Range:
    """Of one axis; a scalar that the run gives, where it has one, is added to `first`."""

    first: int
    length: int
    step: int = 1
    scalar: int | None = None
    wraps: bool = False  # a negative index counts from the end


def strided_slice(to: Rewriting, operator: Operator) -> bool:
    """Inputs: value, begin, end, strides."""
    if len(operator.inputs) != 4 or min(operator.inputs) < 0:
        return False
    if to.tensors[operator.inputs[1]].data is not None:
        return False
    if any(operator.options[name] for name in ("ellipsis_mask", "new_axis_mask", "offset")):
        return False
    begin, end, strides = _numbers(to, operator.inputs[1:])
    shape = to.tensors[operator.inputs[0]].shape
    if begin is None or end is None or strides is None:
        return False
    if not len(begin) == len(end) == len(strides) <= len(shape):
        return False
    limits = zip(shape, begin, end, strides, strict=False)
    masks = [int(str(operator.options[name])) for name in _MASKS]
    ranges = [
        _range(extent, first, last, step, [bool(mask >> axis & 1) for mask in masks])
        for axis, (extent, first, last, step) in enumerate(limits)
    ]
    return _written(to, operator, [*ranges, *(_Range(0, n) for n in shape[len(begin) :])])


def slice_of(to: Rewriting, operator: Operator) -> bool:
    """Inputs: value, begin, size (-1: to the end)."""
    if len(operator.inputs) != 3 or min(operator.inputs) < 0:
        return False
    if to.tensors[operator.inputs[1]].data is not None:
        return False
    begin, size = _numbers(to, operator.inputs[1:])
    shape = to.tensors[operator.inputs[0]].shape
    if begin is None or size is None or not len(begin) == len(size) == len(shape):
        return False
    ranges: list[_Range | None] = []
    for extent, (scalar, first), (unknown, length) in zip(shape, begin, size, strict=True):
        to_the_end = length == -1 and scalar is None
        known = unknown is None and (length >= 0 or to_the_end)
        found = _Range(first, extent - first if to_the_end else length, 1, scalar)
        ranges.append(found if known else None)
    return _written(to, operator, ranges)


def _numbers(to: Rewriting, tensors: Sequence[int]) -> list[list[Number] | None]:
    indices = Indices(to.tensors, to.writers)
    return [indices.of(index) for index in tensors]


def _range(
    extent: int, begin: Number, end: Number, stride: Number, masks: Sequence[bool]
) -> _Range | None:
    """One axis of a STRIDED_SLICE; None where its length or its steps depend on data."""
    (scalar, first), (other, last), (unknown, step) = begin, end, stride
    from_start, to_end, shrinks = masks
    if unknown is not None:
        return None
    if shrinks:
        return _Range(first if scalar is not None else first % max(extent, 1), 1, 1, scalar, True)
    if from_start:
        scalar, first = None, 0 if step > 0 else extent - 1
    if scalar is None:
        if (other is not None and not to_end) or step == 0:
            return None
        bounds = slice(None if from_start else first, None if to_end else last, step)
        found = range(*bounds.indices(extent))
        return _Range(found.start, len(found), step)
    if to_end or other != scalar or step != 1 or last < first:
        return None
    return _Range(first, last - first, 1, scalar)


def _written(to: Rewriting, operator: Operator, ranges: Sequence[_Range | None]) -> bool:
    """The operators that stand for it; False where nothing is to be gathered, or no rule fits."""
    source, output = (to.tensors[end] for end in (operator.inputs[0], operator.outputs[0]))
    known = [each for each in ranges if each is not None]
    if len(known) != len(ranges) or not all(each.length for each in known):
        return False
    scalars = [to.tensors[each.scalar] for each in known if each.scalar is not None]
    if not scalars or any(scalar.dtype != "int32" for scalar in scalars):
        return False
    elements = int(np.prod([each.length for each in known]))
    if elements != output.elements or source.quantization != output.quantization:
        return False
    value = _constant_part(to, source, known)
    for axis, each in enumerate(known):
        if each.scalar is not None:
            value = _gathered(to, value, axis, each, each.scalar)
    to.operators.append(Operator(0, "RESHAPE", (value,), (output.index,), {"new_shape": ()}))
    return True


def _constant_part(to: Rewriting, source: Tensor, ranges: Sequence[_Range]) -> int:
    """The value with all of the axes that are gathered, and of the others what is wanted."""
    bounds = [
        (0, n, 1) if r.scalar is not None else (r.first, r.length, r.step)
        for n, r in zip(source.shape, ranges, strict=True)
    ]
    shape = tuple(length for _, length, _ in bounds)
    if shape == source.shape and all(step == 1 for _, _, step in bounds):
        return source.index
    part = to.add(replace(source, shape=shape, data=None, is_variable=False, initial=None))
    operands = [
        to.constant(np.array(numbers, np.int32))
        for numbers in zip(*((f, f + n * s, s) for f, n, s in bounds), strict=True)
    ]
    # a range that steps back to element 0 ends before it, which only the mask can say
    end_mask = sum(1 << axis for axis, (f, n, s) in enumerate(bounds) if f + n * s < 0)
    options = {"begin_mask": 0, "end_mask": end_mask, "shrink_axis_mask": 0}
    options |= {"ellipsis_mask": 0, "new_axis_mask": 0, "offset": 0}
    to.operators.append(Operator(0, "STRIDED_SLICE", (source.index, *operands), (part,), options))
    return part


def _gathered(to: Rewriting, value: int, axis: int, wanted: _Range, scalar: int) -> int:
    """Elements scalar + first, ... along an axis."""
    whole = to.tensors[value]
    ids = _sum(to, scalar, np.arange(wanted.first, wanted.first + wanted.length))
    if wanted.wraps:
        from_end = _sum(to, ids, np.array([whole.shape[axis]]))
        is_negative = to.add(Tensor(0, "", (1,), "bool"))
        zero = to.constant(np.zeros(1, np.int32))
        to.operators.append(Operator(0, "LESS", (ids, zero), (is_negative,)))
        chosen = to.add(Tensor(0, "", (1,), "int32"))
        to.operators.append(Operator(0, "SELECT_V2", (is_negative, from_end, ids), (chosen,)))
        ids = chosen
    shape = (*whole.shape[:axis], wanted.length, *whole.shape[axis + 1 :])
    rows = to.add(replace(whole, shape=shape, data=None, is_variable=False, initial=None))
    to.operators.append(
        Operator(0, "GATHER", (value, ids), (rows,), {"axis": axis, "batch_dims": 0})
    )
    return rows


def _sum(to: Rewriting, scalar: int, numbers: np.ndarray) -> int:
    """A number and constants, (n,)."""
    found = to.add(Tensor(0, "", numbers.shape, "int32"))
    operands = (scalar, to.constant(numbers.astype(np.int32)))
    to.operators.append(Operator(0, "ADD", operands, (found,), dict(_PLAIN)))
    return found
