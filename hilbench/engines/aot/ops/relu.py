"""RELU, RELU6, RELU_N1_TO_1 as operators of their own."""

from __future__ import annotations

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.affine import Affine, limits_f32
from hilbench.engines.aot.numerics.elementwise import relu6_s8, relu_s8
from hilbench.engines.aot.ops.quantize import requantize
from hilbench.engines.aot.program import Call

_S8 = ("RELU", "RELU6")


class Relu(Lowering):
    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()

    def check(self) -> None:
        node = self.node
        int8 = ("int8",) if node.operator.name in _S8 else ()
        node.require_type(self.source, "float32", *int8)
        node.require_same_type(self.source, self.target)
        node.require_elements(self.target, self.source.elements)

    def lower(self) -> Call:
        count = {"count": self.target.elements}
        name = self.node.operator.name
        if self.source.dtype == "float32":
            low, high = limits_f32(name)
            return self.node.unary("clamp_f32", "clamp.h", count | {"min": low, "max": high})
        source = self.node.affine(self.source)
        found = relu6_s8(source) if name == "RELU6" else relu_s8(source, self._target())
        return requantize(self.node, found)

    def _target(self) -> Affine:
        return self.node.affine(self.target)


OPERATORS = {"RELU": Relu, "RELU6": Relu, "RELU_N1_TO_1": Relu}
