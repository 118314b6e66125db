"""Operators of two operands, elementwise, with broadcasting: comparisons, MINIMUM, DIV, POW, ..."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics import binary, evaluated
from hilbench.engines.aot.numerics.affine import Affine, limits_f32, limits_s8
from hilbench.engines.aot.numerics.fixed_point import Int
from hilbench.engines.aot.numerics.strides import broadcast
from hilbench.engines.aot.numerics.wide import squared_difference_s16
from hilbench.engines.aot.program import Call, Constant, Pointer, Struct, Value

_SUFFIX = {"float32": "_f32", "int8": "_s8", "int16": "_s16", "int32": "_s32", "bool": "_bool"}


class Binary(Lowering):
    """Inputs: a, b. A subclass says where the kernel is and what it needs in int8."""

    header: ClassVar[str]
    types: ClassVar[tuple[str, ...]]

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.a, self.b, self.target = node.input(0), node.input(1), node.output()
        self.broadcast = broadcast(self.a.shape, self.b.shape)

    def check(self) -> None:
        node = self.node
        node.require_type(self.a, *self.types)
        node.require_same_type(self.a, self.b)
        self.check_output()
        node.require_broadcast(self.target, self.a, self.b)

    def check_output(self) -> None:
        self.node.require_same_type(self.a, self.target)

    def kernel(self) -> str:
        return self.node.operator.name.lower() + _SUFFIX[self.a.dtype]

    def fields_f32(self) -> dict[str, Value]:
        return {}

    def fields_s8(self, a: Affine, b: Affine) -> dict[str, Value]:
        """What the int8 kernel needs besides shapes."""
        del a, b
        return {}

    def fields_s16(self) -> dict[str, Value]:
        """What the int16 kernel needs besides shapes."""
        return {}

    def affines(self) -> tuple[Affine, Affine, Affine]:
        a, b, target = (self.node.affine(t) for t in (self.a, self.b, self.target))
        return a, b, target

    def lower(self) -> Call:
        fields: dict[str, Value] = {"broadcast": None, "count": self.target.elements}
        if self.broadcast is not None:
            fields["broadcast"] = Pointer(Struct("broadcast", vars(self.broadcast)))
        if self.a.dtype == "int8":
            fields |= self.fields_s8(self.node.affine(self.a), self.node.affine(self.b))
        if self.a.dtype == "int16":
            fields |= self.fields_s16()
        if self.a.dtype == "float32":
            fields |= self.fields_f32()
        operands = [self.a, self.b]
        return self.node.call(self.kernel(), self.header, fields, inputs=operands, elementwise=True)


class Comparison(Binary):
    """The output is bool."""

    header = "compare.h"
    types: ClassVar[tuple[str, ...]] = ("float32", "int8", "int32")

    def check_output(self) -> None:
        self.node.require_type(self.target, "bool")

    def fields_s8(self, a: Affine, b: Affine) -> dict[str, Value]:
        return {"scales": Struct("comparison_s8", vars(binary.comparison_s8(a, b)))}


class Equality(Comparison):
    types: ClassVar[tuple[str, ...]] = (*Comparison.types, "bool")


class Logical(Binary):
    header = "logical.h"
    types = ("bool",)

    def kernel(self) -> str:
        return self.node.operator.name.lower()


class Extremum(Binary):
    header = "extremum.h"
    types: ClassVar[tuple[str, ...]] = ("float32", "int8", "int16", "int32")

    def fields_s8(self, a: Affine, b: Affine) -> dict[str, Value]:
        same = a == b == self.node.affine(self.target)
        self.node.require(same, f"{self.a.label} and {self.b.label} differ in scale")
        return {}

    def check(self) -> None:
        super().check()
        if self.a.dtype in ("int8", "int16"):
            self.fields_s8(self.node.affine(self.a), self.node.affine(self.b))

    def outputs_s8(self, *values: Int) -> Int:
        pick = np.minimum if self.node.operator.name == "MINIMUM" else np.maximum
        return np.asarray(pick(*values))


class Div(Binary):
    header = "div.h"
    types = ("float32", "int8")

    def fields_f32(self) -> dict[str, Value]:
        low, high = limits_f32(self.node.text("fused_activation_function"))
        return {"min": low, "max": high}

    def outputs_s8(self, *values: Int) -> Int:
        low, high = limits_s8(self.node.text("fused_activation_function"), self.affines()[2])
        return evaluated.divided(binary.div_s8(*self.affines()), low, high, *values)

    def fields_s8(self, a: Affine, b: Affine) -> dict[str, Value]:
        out = self.node.affine(self.target)
        low, high = limits_s8(self.node.text("fused_activation_function"), out)
        table = Constant("reciprocals", binary.reciprocals())
        return {
            "reciprocals": table,
            **vars(binary.div_s8(a, b, out)),
            "min": low,
            "max": high,
        }


class FloorDivision(Binary):
    header = "div.h"
    types = ("float32",)


class Power(Binary):
    header = "pow.h"
    types = ("float32",)


class SquaredDifference(Binary):
    header = "squared_difference.h"
    types: ClassVar[tuple[str, ...]] = ("float32", "int8", "int16", "int32")

    def fields_s8(self, a: Affine, b: Affine) -> dict[str, Value]:
        return {**vars(binary.squared_difference_s8(a, b, self.node.affine(self.target)))}

    def fields_s16(self) -> dict[str, Value]:
        return {**vars(squared_difference_s16(*self.affines()))}

    def outputs_s8(self, *values: Int) -> Int:
        constants = binary.squared_difference_s8(*self.affines())
        return evaluated.squared_difference(constants, *values)


class Prelu(Binary):
    """Inputs: value, slope where it is negative."""

    header = "prelu.h"
    types = ("float32", "int8")

    def fields_s8(self, a: Affine, b: Affine) -> dict[str, Value]:
        return {**vars(binary.prelu_s8(a, b, self.node.affine(self.target)))}

    def outputs_s8(self, *values: Int) -> Int:
        return evaluated.prelu(binary.prelu_s8(*self.affines()), *values)


OPERATORS = {
    **dict.fromkeys(("LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL"), Comparison),
    **dict.fromkeys(("EQUAL", "NOT_EQUAL"), Equality),
    **dict.fromkeys(("LOGICAL_AND", "LOGICAL_OR"), Logical),
    **dict.fromkeys(("MINIMUM", "MAXIMUM"), Extremum),
    **dict.fromkeys(("FLOOR_DIV", "FLOOR_MOD"), FloorDivision),
    "DIV": Div,
    "POW": Power,
    "SQUARED_DIFFERENCE": SquaredDifference,
    "PRELU": Prelu,
}
