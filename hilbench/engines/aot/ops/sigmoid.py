"""TANH, LOGISTIC."""

from __future__ import annotations

from functools import cache

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.fixed_point import Int
from hilbench.engines.aot.numerics.lstm import logistic_table
from hilbench.engines.aot.numerics.tanh import Curve, outputs_s8, tanh_s8
from hilbench.engines.aot.numerics.unary import looked_up
from hilbench.engines.aot.numerics.wide import table_argument
from hilbench.engines.aot.program import Call, Constant, Pointer, Struct, Value

_LOGISTIC = Pointer(Struct("lstm_logistic_table", {"values": logistic_table()}, is_table=True))


class Sigmoid(Lowering):
    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()

    def check(self) -> None:
        self.node.require_type(self.source, "float32", "int8", "int16")
        self.node.require_same_type(self.source, self.target)
        self.node.require_elements(self.target, self.source.elements)

    def outputs_s8(self, *values: Int) -> Int:
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        return looked_up(outputs_s8(self.node.operator.name, source, target), *values)

    def lower(self) -> Call:
        count: dict[str, Value] = {"count": self.target.elements}
        if self.source.dtype == "float32":
            stem = self.node.operator.name.lower()
            return self.node.unary(f"{stem}_f32", f"{stem}.h", count)
        name = self.node.operator.name
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        if self.source.dtype == "int16":
            fields = count | {"table": _LOGISTIC} | vars(table_argument(name, source, target))
            return self.node.unary(f"{name.lower()}_s16", "logistic_table.h", fields)
        return curve_s8(self.node, Curve())


def curve_s8(node: Node, curve: Curve) -> Call:
    """The call that gives a curve of TANH or LOGISTIC in int8 in place of it."""
    count: dict[str, Value] = {"count": node.output().elements}
    name, source, target = (
        node.operator.name,
        node.affine(node.input(0)),
        node.affine(node.output()),
    )
    found = tanh_s8(name, source, target, curve)
    if found is not None:
        return node.unary("tanh_s8", "tanh.h", count | {"table": _table(curve)} | vars(found))
    table = Constant("outputs", curve.of(outputs_s8(name, source, target)))
    return node.unary("lut_s8", "lut.h", count | {"table": table})


@cache
def _table(curve: Curve) -> Pointer:
    return Pointer(Struct("tanh_s8_table", vars(curve.table()), is_table=True))


OPERATORS = {"TANH": Sigmoid, "LOGISTIC": Sigmoid}
