"""ADD, SUB, MUL: elementwise, with broadcasting."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from hilbench.engines.aot.node import Lowering, Node, one_value
from hilbench.engines.aot.numerics.affine import INT8_MAX, INT8_MIN, Affine, limits_f32
from hilbench.engines.aot.numerics.elementwise import MulS8, SumS8, add_s8, mul_s8
from hilbench.engines.aot.numerics.evaluated import multiplied, summed
from hilbench.engines.aot.numerics.fixed_point import Int
from hilbench.engines.aot.numerics.rounded import mul_rounded_s8
from hilbench.engines.aot.numerics.strides import broadcast
from hilbench.engines.aot.numerics.weighted_sum import (
    WeightedSumNarrowS8,
    linear_s8,
    weighted_sum_s8,
)
from hilbench.engines.aot.numerics.wide import product_s16, sum_s16
from hilbench.engines.aot.program import Call, Constant, Pointer, Struct, Value

_S8: dict[str, Callable[[Affine, Affine, Affine, str], SumS8 | MulS8]] = {
    "ADD": add_s8,
    "SUB": add_s8,
    "MUL": mul_s8,
}


class Arithmetic(Lowering):
    """Inputs: a, b."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.a, self.b, self.target = node.input(0), node.input(1), node.output()
        self.activation = node.text("fused_activation_function")
        self.broadcast = broadcast(self.a.shape, self.b.shape)

    def check(self) -> None:
        node = self.node
        node.require_type(self.target, "float32", "int8", "int16", "int32")
        node.require_same_type(self.target, self.a, self.b)
        node.require_broadcast(self.target, self.a, self.b)
        if self.target.dtype == "int32":
            node.require_option("fused_activation_function", "NONE")
            scaled = any(tensor.quantization for tensor in (self.a, self.b, self.target))
            node.require(not scaled, f"{self.target.label} has a scale")

    def lower(self) -> Call:
        if self.target.dtype == "float32":
            low, high = limits_f32(self.activation)
            return self._call(self.node.operator.name.lower(), "f32", {"min": low, "max": high})
        if self.target.dtype == "int32":
            return self._call(self.node.operator.name.lower(), "s32", {})
        if self.target.dtype == "int16":
            constants = product_s16 if self.node.operator.name == "MUL" else sum_s16
            fields = vars(constants(*self._affines, self.activation))
            return self._call(self.node.operator.name.lower(), "s16", fields)
        return self._of_one_input() or self.fast() or self.plain()

    def outputs_s8(self, *values: Int) -> Int:
        constants = _S8[self.node.operator.name](*self._affines, self.activation)
        if isinstance(constants, MulS8):
            return multiplied(constants, *values)
        return summed(constants, -1 if self.node.operator.name == "SUB" else 1, *values)

    def _of_one_input(self) -> Call | None:
        """The call of a function of one int8, for ADD and SUB of a constant of one value: 1 - z.

        It is linear. Where that takes more than 32 bits it is a table, so that all of hundreds of
        steps have one operand and are one loop. (Products are rounded twice: seldom linear.)
        """
        if self.node.operator.name == "MUL" or self.activation != "NONE":
            return None
        affines = self._affines
        for position, (constant, moving) in enumerate(((self.b, self.a), (self.a, self.b))):
            value = one_value(constant)
            if value is None or moving.elements != self.target.elements:
                continue
            operands = [np.arange(INT8_MIN, INT8_MAX + 1, dtype=np.int64), np.array([value])]
            outputs = self.outputs_s8(*(operands[::-1] if position else operands))
            sign = -1 if position and self.node.operator.name == "SUB" else 1
            found = linear_s8(outputs, sign * affines[position].scale / affines[2].scale)
            kernel, header = "requantize_narrow_s8", "quantize.h"
            fields: dict[str, Value] = {"count": self.target.elements}
            if found is not None:
                fields |= vars(found)
            else:
                kernel, header = "lut_s8", "lut.h"
                fields["table"] = Constant("outputs", outputs.astype(np.int8))
            return self.node.call(kernel, header, fields, inputs=[moving], elementwise=True)
        return None

    def fast(self) -> Call | None:
        """The call of an int8 kernel that is the same function in less arithmetic, if there is one.

        One weighted sum is a third of the work of ADD and SUB.
        """
        name = self.node.operator.name
        if name == "MUL":
            found = mul_rounded_s8(mul_s8(*self._affines, self.activation))
            return None if found is None else self._call("mul", "rounded_s8", vars(found))
        summed = weighted_sum_s8(name, *self._affines, self.activation)
        if summed is None:
            return None
        narrow = isinstance(summed, WeightedSumNarrowS8)
        return self._call("weighted_sum", "narrow_s8" if narrow else "s8", vars(summed))

    def plain(self) -> Call:
        """The call of the int8 kernel that is right for all scales."""
        name = self.node.operator.name
        fields = vars(_S8[name](*self._affines, self.activation))
        return self._call(name.lower(), "s8", fields)

    @property
    def _affines(self) -> tuple[Affine, Affine, Affine]:
        a, b, target = (self.node.affine(t) for t in (self.a, self.b, self.target))
        return a, b, target

    def _call(self, stem: str, suffix: str, constants: Mapping[str, Value]) -> Call:
        fields: dict[str, Value] = {"broadcast": None, "count": self.target.elements}
        if self.broadcast is not None:
            fields["broadcast"] = Pointer(Struct("broadcast", vars(self.broadcast)))
        return self.node.call(
            f"{stem}_{suffix}",
            "integer.h" if suffix == "s32" else f"{stem}.h",
            fields | dict(constants),
            inputs=[self.a, self.b],
            elementwise=True,
        )


OPERATORS = {"ADD": Arithmetic, "SUB": Arithmetic, "MUL": Arithmetic}
