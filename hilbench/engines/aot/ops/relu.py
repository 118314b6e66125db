"""RELU, RELU6, RELU_N1_TO_1 as operators of their own."""

from __future__ import annotations

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.affine import limits_f32
from hilbench.engines.aot.numerics.elementwise import RequantizeS8, relu6_s8, relu_s8
from hilbench.engines.aot.numerics.evaluated import requantized
from hilbench.engines.aot.numerics.fixed_point import Int
from hilbench.engines.aot.numerics.wide import relu_s16
from hilbench.engines.aot.ops.quantize import requantize
from hilbench.engines.aot.program import Call


class Relu(Lowering):
    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()

    def check(self) -> None:
        node = self.node
        node.require_type(self.source, "float32", "int8", "int16")
        node.require_same_type(self.source, self.target)
        node.require_elements(self.target, self.source.elements)

    def lower(self) -> Call:
        count = {"count": self.target.elements}
        name = self.node.operator.name
        if self.source.dtype == "float32":
            low, high = limits_f32(name)
            return self.node.unary("clamp_f32", "clamp.h", count | {"min": low, "max": high})
        if self.source.dtype == "int16":
            source, target = self.node.affine(self.source), self.node.affine(self.target)
            fields = count | vars(relu_s16(source, target, name))
            return self.node.unary("relu_s16", "unary_s16.h", fields)
        return requantize(self.node, self._constants())

    def outputs_s8(self, *values: Int) -> Int:
        return requantized(self._constants(), *values)

    def _constants(self) -> RequantizeS8:
        source = self.node.affine(self.source)
        if self.node.operator.name == "RELU6":
            return relu6_s8(source)
        return relu_s8(source, self.node.affine(self.target), self.node.operator.name)


OPERATORS = {"RELU": Relu, "RELU6": Relu, "RELU_N1_TO_1": Relu}
