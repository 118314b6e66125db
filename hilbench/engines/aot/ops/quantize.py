"""QUANTIZE, DEQUANTIZE: between float32 and int8, or from one int8 scale to another."""

from __future__ import annotations

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.elementwise import RequantizeS8, requantize_s8
from hilbench.engines.aot.numerics.weighted_sum import requantize_narrow_s8
from hilbench.engines.aot.program import Call

_HEADER = "quantize.h"


class _Rescale(Lowering):
    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()
        self.count = {"count": self.target.elements}


class Quantize(_Rescale):
    def check(self) -> None:
        self.node.require_type(self.source, "float32", "int8")
        self.node.require_type(self.target, "int8")
        self.node.require_elements(self.target, self.source.elements)

    def lower(self) -> Call:
        if self.source.dtype == "float32":
            target = self.node.affine(self.target)
            return self.node.unary("quantize_f32_s8", _HEADER, self.count | vars(target))
        found = requantize_s8(self.node.affine(self.source), self.node.affine(self.target))
        return requantize(self.node, found)


def requantize(node: Node, constants: RequantizeS8) -> Call:
    """A call for a function of one int8 with these constants, by the fastest kernel."""
    count = {"count": node.output().elements}
    narrow = requantize_narrow_s8(constants)
    if narrow is not None:
        return node.unary("requantize_narrow_s8", _HEADER, count | vars(narrow))
    return node.unary("requantize_s8", _HEADER, count | vars(constants))


class Dequantize(_Rescale):
    def check(self) -> None:
        self.node.require_type(self.source, "int8")
        self.node.require_type(self.target, "float32")
        self.node.require_elements(self.target, self.source.elements)

    def lower(self) -> Call:
        source = self.node.affine(self.source)
        return self.node.unary("dequantize_s8_f32", _HEADER, self.count | vars(source))


OPERATORS = {"QUANTIZE": Quantize, "DEQUANTIZE": Dequantize}
