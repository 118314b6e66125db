"""SLICE, STRIDED_SLICE: every n-th element of a range along each axis."""

from __future__ import annotations

import math

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.strides import contiguous_strides
from hilbench.engines.aot.program import Block, Move


class Subset(Lowering):
    """Along axis i the target has starts[i] + k * steps[i] for 0 <= k < extents[i]."""

    starts: tuple[int, ...]
    extents: tuple[int, ...]
    steps: tuple[int, ...]

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source = node.input(0)
        self.target = node.output()

    def check(self) -> None:
        self.node.require_elements(self.target, math.prod(self.extents))

    def lower(self) -> Move:
        strides = contiguous_strides(self.source.shape)
        block = Block(
            self.source.index,
            self.target.index,
            self.extents,
            sum(start * stride for start, stride in zip(self.starts, strides, strict=True)),
            tuple(step * stride for step, stride in zip(self.steps, strides, strict=True)),
            0,
            contiguous_strides(self.extents),
        )
        return self.node.move([block])


class Slice(Subset):
    """Inputs: value, begin, size (-1: to the end)."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        shape = self.source.shape
        self.starts = node.constant_integers(1)
        sizes = node.constant_integers(2)
        node.require(len(self.starts) == len(sizes) == len(shape), "begin and size do not fit")
        self.extents = tuple(
            extent - start if size == -1 else size
            for extent, start, size in zip(shape, self.starts, sizes, strict=True)
        )
        self.steps = (1,) * len(shape)

    def check(self) -> None:
        for extent, start, size in zip(self.source.shape, self.starts, self.extents, strict=True):
            self.node.require(
                start >= 0 and size >= 0 and start + size <= extent,
                f"{size} elements from {start} on, of {extent}",
            )
        super().check()


class StridedSlice(Subset):
    """Inputs: value, begin, end, strides; masks as numpy's slices read them."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        shape = self.source.shape
        begin, end, strides = (node.constant_integers(position) for position in (1, 2, 3))
        node.require(
            len(begin) == len(end) == len(strides) <= len(shape),
            f"begin, end and strides of {len(begin)}, {len(end)} and {len(strides)} axes,"
            f" of {len(shape)}",
        )
        node.require(0 not in strides, "a stride of 0")
        ranges = [
            self._range(axis, shape[axis], *limits)
            for axis, limits in enumerate(zip(begin, end, strides, strict=True))
        ]
        ranges += [range(extent) for extent in shape[len(begin) :]]  # what they leave out is whole
        self.starts = tuple(found.start for found in ranges)
        self.extents = tuple(len(found) for found in ranges)
        self.steps = tuple(found.step for found in ranges)

    def _range(self, axis: int, extent: int, begin: int, end: int, stride: int) -> range:
        node, bit = self.node, 1 << axis
        if node.integer("shrink_axis_mask") & bit:
            start = node.axis(begin, extent)
            return range(start, start + 1)
        start_or_none = None if node.integer("begin_mask") & bit else begin
        stop_or_none = None if node.integer("end_mask") & bit else end
        return range(*slice(start_or_none, stop_or_none, stride).indices(extent))

    def check(self) -> None:
        for option in ("ellipsis_mask", "new_axis_mask", "offset"):
            self.node.require_option(option, 0)
        super().check()


OPERATORS = {"SLICE": Slice, "STRIDED_SLICE": StridedSlice}
