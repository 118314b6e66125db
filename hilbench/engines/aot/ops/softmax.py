"""SOFTMAX over the last axis."""

from __future__ import annotations

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics import wide
from hilbench.engines.aot.numerics.affine import Affine
from hilbench.engines.aot.numerics.softmax import exps_s8
from hilbench.engines.aot.program import Call, Constant, Value


class Softmax(Lowering):
    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()
        self.beta = node.real("beta")
        node.require(self.source.elements > 0 and len(self.source.shape) > 0, "of nothing")
        self.depth = self.source.shape[-1]
        self.rows = self.source.elements // self.depth

    def check(self) -> None:
        self.node.require_type(self.source, "float32", "int8", "int16")
        self.node.require_same_type(self.source, self.target)
        self.node.require_elements(self.target, self.source.elements)

    def lower(self) -> Call:
        shape: dict[str, Value] = {"rows": self.rows, "depth": self.depth}
        if self.source.dtype == "float32":
            fields = shape | {"beta": self.beta}
            return self.node.call("softmax_f32", "softmax.h", fields, inputs=[self.source])
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        if self.source.dtype == "int16":
            return self._wide(source, target, shape)
        fields = shape | {"exps": Constant("exps", exps_s8(source, target, self.beta))}
        return self.node.call("softmax_s8", "softmax.h", fields, inputs=[self.source])

    def _wide(self, source: Affine, target: Affine, shape: dict[str, Value]) -> Call:
        self.node.require(self.depth < 1 << 16, f"{self.source.label} has rows of 2^16 and more")
        fields = shape | vars(wide.softmax_argument(source, target, self.beta))
        fields["exps"] = Constant("exps", wide.exps())
        fields["reciprocals"] = Constant("reciprocals", wide.reciprocals())
        return self.node.call("softmax_s16", "softmax.h", fields, inputs=[self.source])


OPERATORS = {"SOFTMAX": Softmax}
