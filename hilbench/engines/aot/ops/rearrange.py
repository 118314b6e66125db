"""REVERSE_V2, TILE, BROADCAST_TO, FILL, DEPTH_TO_SPACE, SPACE_TO_DEPTH: elements elsewhere."""

from __future__ import annotations

from math import prod

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.strides import contiguous_strides
from hilbench.engines.aot.program import Block, Move


class _Rearranged(Lowering):
    """One block from the source to the whole target."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()

    def block(
        self,
        shape: tuple[int, ...],
        source_offset: int,
        source_strides: tuple[int, ...],
        target_strides: tuple[int, ...],
    ) -> Move:
        return self.node.move(
            [
                Block(
                    self.source.index,
                    self.target.index,
                    shape,
                    source_offset,
                    source_strides,
                    0,
                    target_strides,
                )
            ]
        )


class Reverse(_Rearranged):
    """Inputs: value, the axes along which it is turned around."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        rank = len(self.source.shape)
        self.axes = {node.axis(axis, rank) for axis in node.constant_integers(1)}

    def check(self) -> None:
        self.node.require_elements(self.target, self.source.elements)

    def lower(self) -> Move:
        shape, strides = self.source.shape, contiguous_strides(self.source.shape)
        turned = tuple(-s if axis in self.axes else s for axis, s in enumerate(strides))
        first = sum((shape[axis] - 1) * strides[axis] for axis in self.axes if shape[axis])
        return self.block(shape, first, turned, strides)


class Tile(_Rearranged):
    """Inputs: value, how often it stands along each axis."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.multiples = node.constant_integers(1)

    def check(self) -> None:
        node = self.node
        node.require(len(self.multiples) == len(self.source.shape), "multiples of other axes")
        node.require(min(self.multiples, default=1) >= 0, f"multiples {list(self.multiples)}")
        node.require_elements(self.target, self.source.elements * prod(self.multiples))

    def lower(self) -> Move:
        shape = self.source.shape
        out = [n * times for n, times in zip(shape, self.multiples, strict=True)]
        source, target = contiguous_strides(shape), contiguous_strides(out)
        pairs = list(zip(self.multiples, shape, strict=True))
        return self.block(
            tuple(n for pair in pairs for n in pair),
            0,
            tuple(s for stride in source for s in (0, stride)),
            tuple(s for n, stride in zip(shape, target, strict=True) for s in (n * stride, stride)),
        )


class BroadcastTo(_Rearranged):
    """Inputs: value, the shape of the output (which says the same)."""

    def check(self) -> None:
        shape = self._padded()
        fits = all(n in (1, m) for n, m in zip(shape, self.target.shape, strict=True))
        self.node.require(fits, f"shapes do not fit: {self.source.label}, {self.target.label}")

    def _padded(self) -> tuple[int, ...]:
        missing = len(self.target.shape) - len(self.source.shape)
        self.node.require(missing >= 0, f"{self.target.label} has fewer axes than the input")
        return (1,) * missing + self.source.shape

    def lower(self) -> Move:
        shape = self._padded()
        strides = contiguous_strides(shape)
        repeated = tuple(0 if n == 1 else s for n, s in zip(shape, strides, strict=True))
        return self.block(self.target.shape, 0, repeated, contiguous_strides(self.target.shape))


class Fill(_Rearranged):
    """Inputs: dimensions (which the output's shape repeats), value."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source = node.input(1)

    def check(self) -> None:
        self.node.require_elements(self.source, 1)

    def lower(self) -> Move:
        return self.block((self.target.elements,), 0, (0,), (1,))


class DepthSpace(_Rearranged):
    """Blocks of `size` x `size` pixels against channels, NHWC."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.size = node.integer("block_size")
        deep, wide = self.target, self.source
        if node.operator.name == "DEPTH_TO_SPACE":
            deep, wide = wide, deep
        self.deep, self.wide = deep, wide

    def check(self) -> None:
        node, size = self.node, self.size
        node.require(size > 0, f"block_size {size}")
        node.require(len(self.wide.shape) == 4, f"{self.wide.label} is not NHWC")
        n, h, w, c = self.wide.shape
        node.require(
            self.deep.shape == (n, h // size, w // size, c * size * size)
            and h % size == w % size == 0,
            f"shapes do not fit: {self.source.label} and {self.target.label}",
        )

    def lower(self) -> Move:
        size = self.size
        n, h, w, depth = self.deep.shape
        c = depth // (size * size)
        shape = (n, h, w, size, size, c)
        deep = contiguous_strides(shape)
        row = w * size * c
        wide = (h * size * row, size * row, size * c, row, c, 1)
        down = self.node.operator.name == "DEPTH_TO_SPACE"
        return self.block(shape, 0, *((deep, wide) if down else (wide, deep)))


OPERATORS = {
    "REVERSE_V2": Reverse,
    "TILE": Tile,
    "BROADCAST_TO": BroadcastTo,
    "FILL": Fill,
    "DEPTH_TO_SPACE": DepthSpace,
    "SPACE_TO_DEPTH": DepthSpace,
}
