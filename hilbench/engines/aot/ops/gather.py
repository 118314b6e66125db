"""GATHER: rows of a table, by their numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.program import Block, Move, Step
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

    def lower(self) -> Step:
        if self.ids.data is not None:
            return self._rows([int(number) for number in self.ids.data.ravel()])
        shape, axis = self.table.shape, self.axis
        item_bytes = DTYPE_BITS[self.table.dtype] // 8
        fields = {
            "outer": math.prod(shape[:axis]),
            "rows": shape[axis],
            "ids": self.ids.elements,
            "row_bytes": math.prod(shape[axis + 1 :]) * item_bytes,
        }
        return self.node.call("hb_gather", "gather.h", fields, inputs=[self.table, self.ids])

    def _rows(self, numbers: Sequence[int]) -> Move:
        """Rows whose numbers are known are parts of the table."""
        shape, axis = self.table.shape, self.axis
        outer, row = math.prod(shape[:axis]), math.prod(shape[axis + 1 :])
        for number in numbers:
            self.node.require(0 <= number < shape[axis], f"row {number} of {shape[axis]}")
        blocks = [
            Block(
                self.table.index,
                self.target.index,
                (outer, row),
                number * row,
                (shape[axis] * row, 1),
                place * row,
                (len(numbers) * row, 1),
            )
            for place, number in enumerate(numbers)
        ]
        return self.node.move(blocks)


OPERATORS = {"GATHER": Gather}
