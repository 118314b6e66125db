"""How elementwise operators broadcast, and strided copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import prod

from hilbench.core.errors import Unsupported

_BROADCAST_AXES = 3
_COPY_AXES = 4


@dataclass(frozen=True)
class Broadcast:
    """The fields of struct broadcast."""

    runs: int
    run: int
    outer: tuple[int, ...]
    stride_a: tuple[int, ...]
    stride_b: tuple[int, ...]
    step_a: int
    step_b: int


@dataclass(frozen=True)
class Copy:
    """The fields of struct hb_copy_params."""

    shape: tuple[int, ...]
    in_stride: tuple[int, ...]
    out_stride: tuple[int, ...]
    run_bytes: int


def contiguous_strides(shape: Sequence[int], element_bytes: int = 1) -> tuple[int, ...]:
    """Strides of a dense row-major tensor."""
    return tuple(element_bytes * prod(shape[axis + 1 :]) for axis in range(len(shape)))


def broadcast(shape_a: Sequence[int], shape_b: Sequence[int]) -> Broadcast | None:
    """How a and b meet, or None where they have as many elements in the same order.

    Neighbouring axes along which the same operands move become one. Raises
    Unsupported where more than four are left, or the shapes do not broadcast.
    """
    rank = max(len(shape_a), len(shape_b))
    a, b = ((1,) * (rank - len(s)) + tuple(s) for s in (shape_a, shape_b))
    if any(m != n and 1 not in (m, n) for m, n in zip(a, b, strict=True)):
        raise Unsupported(f"shapes {list(shape_a)} and {list(shape_b)} do not broadcast")
    axes = [axis for axis in range(rank) if max(a[axis], b[axis]) > 1]
    groups = [
        (moves, prod(max(a[axis], b[axis]) for axis in members))
        for moves, members in groupby(axes, key=lambda axis: (a[axis] > 1, b[axis] > 1))
    ]
    if all(moves == (True, True) for moves, _ in groups):
        return None
    *outer, (moves, run) = groups
    if len(outer) > _BROADCAST_AXES:
        raise Unsupported(f"broadcast of {list(shape_a)} and {list(shape_b)}")
    lengths = _pad([length for _, length in outer], 1, _BROADCAST_AXES)
    stride_a, stride_b = (
        _pad(_moving_strides(groups, operand)[:-1], 0, _BROADCAST_AXES) for operand in (0, 1)
    )
    steps = int(moves[0]), int(moves[1])
    return Broadcast(prod(lengths), run, lengths, stride_a, stride_b, *steps)


def _moving_strides(
    groups: Sequence[tuple[tuple[bool, bool], int]], operand: int
) -> tuple[int, ...]:
    """Strides in elements of operand 0 or 1 along each group, 0 where it repeats."""
    own = [length if moves[operand] else 1 for moves, length in groups]
    dense = contiguous_strides(own)
    return tuple(s if m[operand] else 0 for s, (m, _) in zip(dense, groups, strict=True))


def strided_copy(
    shape: Sequence[int],
    in_strides: Sequence[int],
    out_strides: Sequence[int],
    element_bytes: int,
) -> Copy:
    """A copy of a block of `shape`, strides in bytes, in as few axes as possible.

    Raises Unsupported where more than four and a run are left.
    """
    axes = [(n, i, o) for n, i, o in zip(shape, in_strides, out_strides, strict=True) if n != 1]
    merged: list[tuple[int, int, int]] = [(1, element_bytes, element_bytes)]
    for n, i, o in reversed(axes):
        inner_n, inner_i, inner_o = merged[0]
        if (i, o) == (inner_n * inner_i, inner_n * inner_o):
            merged[0] = (n * inner_n, inner_i, inner_o)
        else:
            merged.insert(0, (n, i, o))
    *outer, (run, _, _) = merged
    if len(outer) > _COPY_AXES:
        raise Unsupported(f"a copy of {len(outer)} axes that do not merge")
    lengths, ins, outs = zip(*outer, strict=True) if outer else ((), (), ())
    return Copy(
        _pad(lengths, 1, _COPY_AXES),
        _pad(ins, 0, _COPY_AXES),
        _pad(outs, 0, _COPY_AXES),
        run * element_bytes,
    )


def _pad(values: Sequence[int], neutral: int, length: int) -> tuple[int, ...]:
    return (neutral,) * (length - len(values)) + tuple(values)
