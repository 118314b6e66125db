"""CAST: the value in another type, without scale."""

from __future__ import annotations

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.program import Block, Call, Move

_KERNELS = {
    ("float32", "int32"): "cast_f32_s32",
    ("int32", "float32"): "cast_s32_f32",
    ("int8", "int32"): "cast_s8_s32",
    ("int8", "float32"): "cast_s8_f32",
    ("bool", "float32"): "cast_u8_f32",
    ("uint8", "float32"): "cast_u8_f32",
    ("bool", "int32"): "cast_u8_s32",
    ("uint8", "int32"): "cast_u8_s32",
    ("float32", "bool"): "cast_f32_bool",
    ("int32", "bool"): "cast_s32_bool",
}


class Cast(Lowering):
    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()

    def check(self) -> None:
        types = self.source.dtype, self.target.dtype
        known = types in _KERNELS or types[0] == types[1]
        self.node.require(known, f"from {types[0]} to {types[1]}")
        self.node.require_elements(self.target, self.source.elements)

    def lower(self) -> Call | Move:
        if self.source.dtype == self.target.dtype:  # what the converter leaves where shapes closed
            return self.node.move([Block.of_all(self.source, self.target)])
        kernel = _KERNELS[self.source.dtype, self.target.dtype]
        return self.node.unary(kernel, "cast.h", {"count": self.target.elements})


OPERATORS = {"CAST": Cast}
