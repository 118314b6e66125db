"""SPLIT, SPLIT_V, UNPACK: one tensor cut along an axis."""

from __future__ import annotations

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.program import Block, Move
from hilbench.engines.aot.strided import pieces
from hilbench.tflite.graph import Tensor


class Cut(Lowering):
    """Outputs are consecutive parts of `source` along `axis`, with these extents there."""

    source: Tensor
    axis: int
    extents: tuple[int, ...]

    def check(self) -> None:
        node = self.node
        along = self.source.shape[self.axis]
        node.require(
            len(self.extents) == len(node.operator.outputs) and sum(self.extents) == along,
            f"parts of {list(self.extents)} out of {along}",
        )
        for position, extent in enumerate(self.extents):
            node.require(extent >= 0, f"a part of {extent}")
            part = node.output(position)
            node.require_elements(part, self.source.elements // max(along, 1) * extent)

    def lower(self) -> Move:
        cuts = pieces(self.source.shape, self.axis, self.extents)
        return self.node.move(
            [
                Block(
                    self.source.index,
                    self.node.output(position).index,
                    cut.shape,
                    cut.offset,
                    cut.whole_strides,
                    0,
                    cut.part_strides,
                )
                for position, cut in enumerate(cuts)
            ]
        )


class Split(Cut):
    """Inputs: axis, value."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source = node.input(1)
        self.axis = node.axis(node.constant_integer(0), len(self.source.shape))
        parts = max(len(node.operator.outputs), 1)
        self.extents = (self.source.shape[self.axis] // parts,) * parts


class SplitV(Cut):
    """Inputs: value, extents (one may be -1: what is left), axis."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source = node.input(0)
        self.axis = node.axis(node.constant_integer(2), len(self.source.shape))
        given = node.constant_integers(1)
        left = self.source.shape[self.axis] - sum(extent for extent in given if extent != -1)
        self.extents = tuple(left if extent == -1 else extent for extent in given)


class Unpack(Cut):
    """The parts have extent 1 and lose the axis."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source = node.input(0)
        self.axis = node.axis(node.integer("axis"), len(self.source.shape))
        self.extents = (1,) * len(node.operator.outputs)

    def check(self) -> None:
        """TFLM gives as many parts as the option says, whatever is asked for."""
        self.node.require_option("num", len(self.extents))
        super().check()


OPERATORS = {"SPLIT": Split, "SPLIT_V": SplitV, "UNPACK": Unpack}
