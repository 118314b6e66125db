"""QUANTIZE, DEQUANTIZE: between float32 and int8 or uint8, or from one scale to another."""

from __future__ import annotations

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.elementwise import RequantizeS8, bytes_table, requantize_s8
from hilbench.engines.aot.numerics.weighted_sum import requantize_narrow_s8
from hilbench.engines.aot.program import Call, Constant, Value

_HEADER = "quantize.h"


class _Rescale(Lowering):
    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()
        self.count: dict[str, Value] = {"count": self.target.elements}


class Quantize(_Rescale):
    def check(self) -> None:
        self.node.require_type(self.source, "float32", "int8", "uint8")
        self.node.require_type(self.target, "int8", "uint8")
        self.node.require_elements(self.target, self.source.elements)

    def lower(self) -> Call:
        if self.source.dtype == "float32":
            target = self.node.affine(self.target)
            suffix = "s8" if self.target.dtype == "int8" else "u8"
            return self.node.unary(f"quantize_f32_{suffix}", _HEADER, self.count | vars(target))
        if "uint8" in (self.source.dtype, self.target.dtype):
            return self._bytes()
        found = requantize_s8(self.node.affine(self.source), self.node.affine(self.target))
        return requantize(self.node, found)

    def _bytes(self) -> Call:
        """From or to uint8: a table of all 256 bytes."""
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        table = Constant("bytes", bytes_table(source, target, self.source.dtype, self.target.dtype))
        return self.node.unary("lut_bytes", "lut.h", self.count | {"table": table})


def requantize(node: Node, constants: RequantizeS8) -> Call:
    """A call for a function of one int8 with these constants, by the fastest kernel."""
    count = {"count": node.output().elements}
    narrow = requantize_narrow_s8(constants)
    if narrow is not None:
        return node.unary("requantize_narrow_s8", _HEADER, count | vars(narrow))
    return node.unary("requantize_s8", _HEADER, count | vars(constants))


class Dequantize(_Rescale):
    def check(self) -> None:
        self.node.require_type(self.source, "int8", "uint8")
        self.node.require_type(self.target, "float32")
        self.node.require_elements(self.target, self.source.elements)

    def lower(self) -> Call:
        source = self.node.affine(self.source)
        suffix = "s8" if self.source.dtype == "int8" else "u8"
        return self.node.unary(f"dequantize_{suffix}_f32", _HEADER, self.count | vars(source))


OPERATORS = {"QUANTIZE": Quantize, "DEQUANTIZE": Dequantize}
