"""Functions of one element: ABS, EXP, HARD_SWISH and their like.

In int8 each is a table of its 256 outputs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics import unary, wide
from hilbench.engines.aot.numerics.affine import Affine
from hilbench.engines.aot.numerics.fixed_point import Int
from hilbench.engines.aot.numerics.unary import Floats, Table, looked_up
from hilbench.engines.aot.program import Call, Constant, Value


def _elu(x: Floats) -> Floats:
    return np.asarray(np.where(x < 0, np.exp(x) - np.float32(1), x))


def _gelu(x: Floats) -> Floats:
    erf = [math.erf(each) for each in (x * np.float32(math.sqrt(0.5))).tolist()]
    return np.asarray(np.float32(0.5) * x * (1 + np.array(erf, np.float32)))


def _gelu_by_tanh(x: Floats) -> Floats:
    """What an option of the operator asks for."""
    inner = np.float32(math.sqrt(2 / math.pi)) * (x + np.float32(0.044715) * x**3)
    return np.asarray(np.float32(0.5) * x * (1 + np.tanh(inner)))


REAL: Mapping[str, Callable[[Floats], Floats]] = {
    "CEIL": np.ceil,
    "COS": np.cos,
    "ELU": _elu,
    "EXP": np.exp,
    "FLOOR": np.floor,
    "LOG": np.log,
    "NEG": np.negative,
    "ROUND": np.rint,
    "SIGN": np.sign,
    "SIN": np.sin,
    "SQUARE": np.square,
}
"""Operators whose int8 table is the real function between two scales."""

_EXACT: Mapping[str, Callable[[Affine, Affine], Table]] = {
    "ABS": unary.abs_s8,
    "HARD_SWISH": unary.hard_swish_s8,
    "RSQRT": unary.rsqrt_s8,
    "SQRT": unary.sqrt_s8,
}
"""Operators whose int8 kernel in TFLM or TensorFlow Lite has an arithmetic of its own."""


_WIDE = ("ABS", "LEAKY_RELU", "RSQRT")
"""Operators with an int16 kernel."""


class Unary(Lowering):
    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()

    def check(self) -> None:
        int16 = ("int16",) if self.node.operator.name in _WIDE else ()
        self.node.require_type(self.source, "float32", "int8", *int16)
        self.node.require_same_type(self.source, self.target)
        self.node.require_elements(self.target, self.source.elements)

    def fields(self) -> dict[str, Value]:
        """What the float kernel needs besides the count."""
        return {}

    def table(self) -> Table:
        """The outputs of all int8 inputs."""
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        name = self.node.operator.name
        if name in _EXACT:
            return _EXACT[name](source, target)
        return unary.table_of(REAL[name], source, target)

    def outputs_s8(self, *values: Int) -> Int:
        return looked_up(self.table(), *values)

    def fields_s16(self) -> dict[str, Value]:
        """What the int16 kernel needs besides the count."""
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        constants = wide.abs_s16 if self.node.operator.name == "ABS" else wide.rsqrt_s16
        return {**vars(constants(source, target))}

    def lower(self) -> Call:
        count: dict[str, Value] = {"count": self.target.elements}
        if self.source.dtype == "int16":
            kernel = f"{self.node.operator.name.lower()}_s16"
            return self.node.unary(kernel, "unary_s16.h", count | self.fields_s16())
        if self.source.dtype == "int8":
            table = Constant("outputs", self.table())
            return self.node.unary("lut_s8", "lut.h", count | {"table": table})
        kernel = f"{self.node.operator.name.lower()}_f32"
        return self.node.unary(kernel, "unary.h", count | self.fields())


class Gelu(Unary):
    def fields(self) -> dict[str, Value]:
        return {"approximate": int(self.node.integer("approximate"))}

    def table(self) -> Table:
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        function = _gelu_by_tanh if self.node.integer("approximate") else _gelu
        return unary.table_of(function, source, target)


class LeakyRelu(Unary):
    def fields(self) -> dict[str, Value]:
        return {"alpha": self.node.real("alpha")}

    def fields_s16(self) -> dict[str, Value]:
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        return {**vars(wide.leaky_relu_s16(source, target, self.node.real("alpha")))}

    def table(self) -> Table:
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        return unary.leaky_relu_s8(source, target, self.node.real("alpha"))


class LogicalNot(Lowering):
    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()

    def check(self) -> None:
        self.node.require_type(self.source, "bool")
        self.node.require_same_type(self.source, self.target)
        self.node.require_elements(self.target, self.source.elements)

    def lower(self) -> Call:
        return self.node.unary("logical_not", "unary.h", {"count": self.target.elements})


OPERATORS = {
    **dict.fromkeys((*REAL, *_EXACT), Unary),
    "GELU": Gelu,
    "LEAKY_RELU": LeakyRelu,
    "LOGICAL_NOT": LogicalNot,
}
