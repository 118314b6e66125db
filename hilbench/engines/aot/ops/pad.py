"""PAD, PADV2, MIRROR_PAD: a border around a tensor."""

from __future__ import annotations

from itertools import product

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.strides import contiguous_strides
from hilbench.engines.aot.program import Block, Move


class _Padded(Lowering):
    """Inputs: value, for each axis how many elements come before and after."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()
        widths = node.constant_integers(1)
        node.require(len(widths) == 2 * len(self.source.shape), "paddings of other axes")
        self.before, self.after = widths[::2], widths[1::2]

    def check(self) -> None:
        node = self.node
        node.require(min((*self.before, *self.after), default=0) >= 0, "a negative padding")
        shape = zip(self.before, self.source.shape, self.after, strict=True)
        expected = tuple(before + n + after for before, n, after in shape)
        node.require(
            self.target.shape == expected, f"{self.target.label} should be {list(expected)}"
        )
        node.require_same_type(self.source, self.target)


class Pad(_Padded):
    """The border is 0, or what the third input of PADV2 says."""

    def check(self) -> None:
        super().check()
        if self.source.dtype == "int8":
            same = self.node.affine(self.source) == self.node.affine(self.target)
            self.node.require(same, f"{self.source.label} and {self.target.label} differ in scale")

    def lower(self) -> Move:
        strides = contiguous_strides(self.target.shape)
        block = Block(
            self.source.index,
            self.target.index,
            self.source.shape,
            0,
            contiguous_strides(self.source.shape),
            sum(before * stride for before, stride in zip(self.before, strides, strict=True)),
            strides,
        )
        return self.node.move([block], fill=self._border())

    def _border(self) -> bytes:
        """The bytes of one element of the border."""
        if self.node.optional_input(2) is not None:
            self.node.require_same_type(self.source, self.node.input(2))
            self.node.require_elements(self.node.input(2), 1)
            return self.node.constant(2).tobytes()
        return self.node.zero(self.target)


class MirrorPad(_Padded):
    """The border mirrors the tensor at its edge: without the edge, or (SYMMETRIC) with it."""

    def check(self) -> None:
        super().check()
        edge = int(self.node.text("mode") == "REFLECT")
        for n, *widths in zip(self.source.shape, self.before, self.after, strict=True):
            self.node.require(max(widths) <= n - edge, f"a border of {max(widths)} beside {n}")

    def lower(self) -> Move:
        source = contiguous_strides(self.source.shape)
        target = contiguous_strides(self.target.shape)
        blocks = []
        for parts in product(*(self._parts(axis) for axis in range(len(source)))):
            lengths, first, steps, places = zip(*parts, strict=True)
            block = Block(
                self.source.index,
                self.target.index,
                lengths,
                sum(start * stride for start, stride in zip(first, source, strict=True)),
                tuple(step * stride for step, stride in zip(steps, source, strict=True)),
                sum(place * stride for place, stride in zip(places, target, strict=True)),
                target,
            )
            blocks.append(block)
        return self.node.move(blocks)

    def _parts(self, axis: int) -> list[tuple[int, int, int, int]]:
        """(length, first element of the source, step, place in the target) along one axis."""
        n, before, after = self.source.shape[axis], self.before[axis], self.after[axis]
        edge = int(self.node.text("mode") == "REFLECT")
        parts = [
            (before, before - 1 + edge, -1, 0),
            (n, 0, 1, before),
            (after, n - 1 - edge, -1, before + n),
        ]
        return [part for part in parts if part[0] > 0]


OPERATORS = {"PAD": Pad, "PADV2": Pad, "MIRROR_PAD": MirrorPad}
