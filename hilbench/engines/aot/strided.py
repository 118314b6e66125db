"""The geometry of blocks: which of them are one run of memory, and how to copy the others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hilbench.engines.aot.program import Block, Struct

COPY_AXES = 4

Axis = tuple[int, ...]
"""Extent of an axis, then its stride on each side that is looked at."""


def row_major(shape: Sequence[int]) -> tuple[int, ...]:
    """Strides, in elements, of a dense tensor of this shape."""
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))


@dataclass(frozen=True)
class Piece:
    """A part of a tensor along one axis: seen as rows of the whole and of the part."""

    shape: tuple[int, int]
    offset: int
    whole_strides: tuple[int, int]
    part_strides: tuple[int, int]


def pieces(shape: Sequence[int], axis: int, extents: Sequence[int]) -> list[Piece]:
    """A tensor of this shape, cut along `axis` into parts of these extents."""
    outer, inner = math.prod(shape[:axis]), math.prod(shape[axis + 1 :])
    found = []
    start = 0
    for extent in extents:
        row = extent * inner
        found.append(Piece((outer, row), start * inner, (shape[axis] * inner, 1), (row, 1)))
        start += extent
    return found


def merge(axes: Sequence[Axis]) -> list[Axis]:
    """Fewer axes that visit the same elements in the same order.

    Axes of extent 1 go, and an axis joins the next where it continues it on every side.
    """
    merged: list[Axis] = []
    for extent, *strides in axes:
        if extent == 1:
            continue
        if merged and all(
            outer == inner * extent for outer, inner in zip(merged[-1][1:], strides, strict=True)
        ):
            merged[-1] = (merged[-1][0] * extent, *strides)
        else:
            merged.append((extent, *strides))
    return merged


def is_run(shape: Sequence[int], strides: Sequence[int]) -> bool:
    """Whether the elements, in order, lie one behind the other."""
    merged = merge(list(zip(shape, strides, strict=True)))
    return not merged or (len(merged) == 1 and merged[0][1] == 1)


def is_inside(shape: Sequence[int], offset: int, strides: Sequence[int], elements: int) -> bool:
    """Whether every element of a block is one of a tensor's."""
    if 0 in shape:
        return True
    spans = [(extent - 1) * stride for extent, stride in zip(shape, strides, strict=True)]
    first = offset + sum(min(span, 0) for span in spans)
    last = offset + sum(max(span, 0) for span in spans)
    return first >= 0 and last < elements


def copy_axes(block: Block) -> list[Axis]:
    """(extent, source stride, target stride) of the axes around the longest common run.

    The last axis is the run itself, with strides 1.
    """
    axes = merge(list(zip(block.shape, block.source_strides, block.target_strides, strict=True)))
    if axes and axes[-1][1:] == (1, 1):
        return axes
    return [*axes, (1, 1, 1)]


def copy_params(block: Block, element_bytes: int) -> Struct:
    """Parameters of the kernel `copy` for a block of at most COPY_AXES axes and a run."""
    *outer, run = copy_axes(block)
    padded = [(1, 0, 0)] * (COPY_AXES - len(outer)) + outer
    return Struct(
        "copy_params",
        {
            "shape": tuple(axis[0] for axis in padded),
            "in_stride": tuple(axis[1] * element_bytes for axis in padded),
            "out_stride": tuple(axis[2] * element_bytes for axis in padded),
            "run_bytes": run[0] * element_bytes,
        },
    )
