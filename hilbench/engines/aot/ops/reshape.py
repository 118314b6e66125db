"""RESHAPE, SQUEEZE, EXPAND_DIMS: the same elements under another shape."""

from __future__ import annotations

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.program import Block, Move


class Reshape(Lowering):
    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source = node.input(0)
        self.target = node.output()

    def check(self) -> None:
        self.node.require_elements(self.target, self.source.elements)

    def lower(self) -> Move:
        return self.node.move([Block.of_all(self.source, self.target)])


OPERATORS = {"RESHAPE": Reshape, "SQUEEZE": Reshape, "EXPAND_DIMS": Reshape}
