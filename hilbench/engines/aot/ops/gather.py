"""GATHER: rows of a table, by their numbers."""

from __future__ import annotations

import math

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.program import Call
from hilbench.tflite.graph import DTYPE_BITS


class Gather(Lowering):
    """Inputs: table, numbers of rows along `axis`."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.table, self.ids, self.target = node.input(0), node.input(1), node.output()
        self.axis = node.axis(node.integer("axis"), len(self.table.shape))

    def check(self) -> None:
        node = self.node
        node.require_option("batch_dims", 0)
        node.require_type(self.ids, "int32")
        node.require(DTYPE_BITS.get(self.table.dtype, 0) >= 8, f"of {self.table.label}")
        node.require_same_type(self.table, self.target)
        rows = math.prod(self.table.shape[: self.axis] + self.table.shape[self.axis + 1 :])
        node.require_elements(self.target, rows * self.ids.elements)

    def lower(self) -> Call:
        shape, axis = self.table.shape, self.axis
        item_bytes = DTYPE_BITS[self.table.dtype] // 8
        fields = {
            "outer": math.prod(shape[:axis]),
            "rows": shape[axis],
            "ids": self.ids.elements,
            "row_bytes": math.prod(shape[axis + 1 :]) * item_bytes,
        }
        return self.node.call("hb_gather", "gather.h", fields, inputs=[self.table, self.ids])


OPERATORS = {"GATHER": Gather}
