"""CUMSUM: the sums of all elements up to each, along one axis."""

from __future__ import annotations

from math import prod

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.fixed_point import quantize_multiplier
from hilbench.engines.aot.program import Call, Struct, Value

_SHIFT = 20  # elements are shifted left by this


class Cumsum(Lowering):
    """Inputs: value, the axis."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()
        self.axis = node.axis(node.constant_integer(1), len(self.source.shape))

    def check(self) -> None:
        self.node.require_type(self.source, "float32", "int8")
        self.node.require_same_type(self.source, self.target)
        self.node.require_elements(self.target, self.source.elements)

    def lower(self) -> Call:
        shape = self.source.shape
        axis = {
            "outer": prod(shape[: self.axis]),
            "length": shape[self.axis],
            "inner": prod(shape[self.axis + 1 :]),
            "exclusive": int(bool(self.node.option("exclusive"))),
            "reverse": int(bool(self.node.option("reverse"))),
        }
        fields: dict[str, Value] = {"axis": Struct("cumsum_axis", axis)}
        if self.source.dtype == "float32":
            return self.node.call("cumsum_f32", "cumsum.h", fields, inputs=[self.source])
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        multiplier_in, shift_in = quantize_multiplier(0.5)
        real = 2.0 * source.scale / (2.0**_SHIFT * target.scale)
        multiplier_out, shift_out = quantize_multiplier(real)
        self.node.require(shift_out <= 0, f"a factor of {real} between scales")
        fields |= {
            "multiplier_in": multiplier_in,
            "multiplier_out": multiplier_out,
            "shift_in": shift_in,
            "shift_out": shift_out,
            "zero_point_in": source.zero_point,
            "zero_point_out": target.zero_point,
        }
        return self.node.call("cumsum_s8", "cumsum.h", fields, inputs=[self.source])


OPERATORS = {"CUMSUM": Cumsum}
