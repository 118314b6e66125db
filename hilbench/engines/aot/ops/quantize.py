"""QUANTIZE, DEQUANTIZE: between float32 and int8 or uint8, or from one scale to another."""

from __future__ import annotations

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.affine import Affine
from hilbench.engines.aot.numerics.elementwise import RequantizeS8, bytes_table, requantize_s8
from hilbench.engines.aot.numerics.evaluated import requantized
from hilbench.engines.aot.numerics.fixed_point import Int
from hilbench.engines.aot.numerics.weighted_sum import requantize_narrow_s8
from hilbench.engines.aot.numerics.wide import requantize_s16
from hilbench.engines.aot.program import Call, Constant, Value
from hilbench.tflite.graph import Tensor

_HEADER = "quantize.h"
_SUFFIX = {"int8": "s8", "uint8": "u8", "int16": "s16"}


def _fields(tensor: Tensor, affine: Affine) -> dict[str, Value]:
    """The scale, and where it may be other than 0 the zero point."""
    return {"scale": affine.scale} if tensor.dtype == "int16" else {**vars(affine)}


class _Rescale(Lowering):
    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()
        self.count: dict[str, Value] = {"count": self.target.elements}


class Quantize(_Rescale):
    def check(self) -> None:
        self.node.require_type(self.source, "float32", "int8", "uint8", "int16")
        self.node.require_type(self.target, "int8", "uint8", "int16")
        both = {self.source.dtype, self.target.dtype}
        self.node.require(both != {"uint8", "int16"}, "between uint8 and int16")
        self.node.require_elements(self.target, self.source.elements)

    def lower(self) -> Call:
        if self.source.dtype == "float32":
            target = self.node.affine(self.target)
            fields: dict[str, Value] = self.count | _fields(self.target, target)
            return self.node.unary(f"quantize_f32_{_SUFFIX[self.target.dtype]}", _HEADER, fields)
        if "int16" in (self.source.dtype, self.target.dtype):
            return self._wide()
        if "uint8" in (self.source.dtype, self.target.dtype):
            return self._bytes()
        return requantize(self.node, self._constants())

    def outputs_s8(self, *values: Int) -> Int:
        return requantized(self._constants(), *values)

    def _constants(self) -> RequantizeS8:
        return requantize_s8(self.node.affine(self.source), self.node.affine(self.target))

    def _wide(self) -> Call:
        """From or to int16."""
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        fields: dict[str, Value] = self.count | vars(requantize_s16(source, target))
        kernels = dict.fromkeys(_SUFFIX[tensor.dtype] for tensor in (self.source, self.target))
        if len(kernels) == 2:
            narrow = source if self.source.dtype == "int8" else target
            fields["zero_point"] = narrow.zero_point
        return self.node.unary(f"requantize_{'_'.join(kernels)}", _HEADER, fields)

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
        self.node.require_type(self.source, *_SUFFIX)
        self.node.require_type(self.target, "float32")
        self.node.require_elements(self.target, self.source.elements)

    def lower(self) -> Call:
        source = self.node.affine(self.source)
        fields: dict[str, Value] = self.count | _fields(self.source, source)
        return self.node.unary(f"dequantize_{_SUFFIX[self.source.dtype]}_f32", _HEADER, fields)


OPERATORS = {"QUANTIZE": Quantize, "DEQUANTIZE": Dequantize}
