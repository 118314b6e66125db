"""L2_NORMALIZATION, LOG_SOFTMAX: what is computed of each row for itself."""

from __future__ import annotations

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.affine import Affine
from hilbench.engines.aot.numerics.softmax import exps_of_differences, log_softmax_s8
from hilbench.engines.aot.program import Call, Constant, Value

_UNIT = Affine(1 / 128, 0)


class _Rows(Lowering):
    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()
        node.require(bool(self.source.shape), f"{self.source.label} has no axis")
        self.columns = self.source.shape[-1]

    def check(self) -> None:
        self.node.require_same_type(self.source, self.target)
        self.node.require_elements(self.target, self.source.elements)
        self.node.require(self.columns > 0, "of nothing")

    def fields(self) -> dict[str, Value]:
        return {"rows": self.source.elements // self.columns, "columns": self.columns}


class L2Normalization(_Rows):
    def check(self) -> None:
        super().check()
        self.node.require_type(self.source, "float32", "int8")
        self.node.require_option("fused_activation_function", "NONE")
        if self.source.dtype == "int8":
            found = self.node.affine(self.target)
            self.node.require(found == _UNIT, f"output scale {found.scale:g}, not 1/128")
            self.node.require(self.columns < 1 << 14, f"rows of {self.columns}")

    def lower(self) -> Call:
        header = "l2_normalization.h"
        if self.source.dtype == "float32":
            return self.node.unary("l2_normalization_f32", header, self.fields())
        zero = {"zero_point": self.node.affine(self.source).zero_point}
        return self.node.unary("l2_normalization_s8", header, self.fields() | zero)


class LogSoftmax(_Rows):
    def check(self) -> None:
        super().check()
        self.node.require_type(self.source, "float32", "int8")

    def lower(self) -> Call:
        if self.source.dtype == "float32":
            return self.node.unary("log_softmax_f32", "log_softmax.h", self.fields())
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        fields = self.fields() | vars(log_softmax_s8(source, target))
        fields["exps"] = Constant("exps", exps_of_differences(source, 1.0))
        return self.node.unary("log_softmax_s8", "log_softmax.h", fields)


OPERATORS = {"L2_NORMALIZATION": L2Normalization, "LOG_SOFTMAX": LogSoftmax}
