"""COPY, an operator of the compiler's own: the elements in memory of their own."""

from __future__ import annotations

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.passes.rewriting import COPY
from hilbench.engines.aot.program import Block, Move


class Copy(Lowering):
    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()

    def check(self) -> None:
        self.node.require_elements(self.target, self.source.elements)
        self.node.require_same_type(self.source, self.target)

    def lower(self) -> Move:
        return self.node.move([Block.of_all(self.source, self.target)], may_share=False)


OPERATORS = {COPY: Copy}
