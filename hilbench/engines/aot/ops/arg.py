"""ARG_MAX, ARG_MIN: where along one axis the extreme value is."""

from __future__ import annotations

from math import prod

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.program import Call, Struct


class Arg(Lowering):
    """Inputs: value, the axis."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()
        self.axis = node.axis(node.constant_integer(1), len(self.source.shape))

    def check(self) -> None:
        node, shape = self.node, self.source.shape
        node.require_type(self.source, "float32", "int8")
        node.require_type(self.target, "int32")
        node.require(shape[self.axis] > 0, "of nothing")
        node.require_elements(self.target, self.source.elements // shape[self.axis])

    def lower(self) -> Call:
        shape = self.source.shape
        axis = {
            "outer": prod(shape[: self.axis]),
            "length": shape[self.axis],
            "inner": prod(shape[self.axis + 1 :]),
        }
        kind = "f32" if self.source.dtype == "float32" else "s8"
        kernel = f"{self.node.operator.name.lower()}_{kind}"
        fields = {"axis": Struct("arg_axis", axis)}
        return self.node.call(kernel, "arg.h", fields, inputs=[self.source])


OPERATORS = {"ARG_MAX": Arg, "ARG_MIN": Arg}
