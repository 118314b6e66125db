"""TRANSPOSE: the axes in another order."""

from __future__ import annotations

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.strides import contiguous_strides
from hilbench.engines.aot.program import Block, Move


class Transpose(Lowering):
    """Inputs: value, and for each axis of the output the axis that it was."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source = node.input(0)
        self.target = node.output()
        self.order = node.constant_integers(1)

    def check(self) -> None:
        rank = len(self.source.shape)
        self.node.require(sorted(self.order) == list(range(rank)), f"axes {list(self.order)}")
        self.node.require_elements(self.target, self.source.elements)

    def lower(self) -> Move:
        strides = contiguous_strides(self.source.shape)
        shape = tuple(self.source.shape[axis] for axis in self.order)
        block = Block(
            self.source.index,
            self.target.index,
            shape,
            0,
            tuple(strides[axis] for axis in self.order),
            0,
            contiguous_strides(shape),
        )
        return self.node.move([block])


OPERATORS = {"TRANSPOSE": Transpose}
