"""The geometry of blocks: parts along an axis, and which blocks are one run of memory."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


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


def is_run(shape: Sequence[int], strides: Sequence[int]) -> bool:
    """Whether the elements of a block, in their order, lie one behind the other."""
    step = 1
    for extent, stride in zip(reversed(shape), reversed(strides), strict=True):
        if extent != 1 and stride != step:
            return False
        step *= extent
    return True


def is_inside(shape: Sequence[int], offset: int, strides: Sequence[int], elements: int) -> bool:
    """Whether every element of a block is one of a tensor's."""
    if 0 in shape:
        return True
    spans = [(extent - 1) * stride for extent, stride in zip(shape, strides, strict=True)]
    first = offset + sum(min(span, 0) for span in spans)
    last = offset + sum(max(span, 0) for span in spans)
    return first >= 0 and last < elements
