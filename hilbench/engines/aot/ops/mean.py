"""MEAN over any axes."""

from __future__ import annotations

from math import prod

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.mean import mean_axes, mean_s8
from hilbench.engines.aot.program import Call, Struct, Value


class Mean(Lowering):
    """Inputs: value, the axes that disappear."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()
        rank = len(self.source.shape)
        axes = sorted({node.axis(axis, rank) for axis in node.constant_integers(1)})
        node.require(bool(axes), "over no axis")
        self.axes = mean_axes(self.source.shape, axes)

    def check(self) -> None:
        node = self.node
        node.require_type(self.source, "float32", "int8")
        node.require_same_type(self.source, self.target)
        node.require(self.axes.count > 0, "of nothing")
        node.require_elements(self.target, prod(self.axes.kept))

    def lower(self) -> Call:
        fields: dict[str, Value] = {"axes": Struct("mean_axes", vars(self.axes))}
        if self.source.dtype == "float32":
            return self.node.call("mean_f32", "mean.h", fields, inputs=[self.source])
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        fields |= vars(mean_s8(source, target, self.axes.count))
        return self.node.call("mean_s8", "mean.h", fields, inputs=[self.source])


OPERATORS = {"MEAN": Mean}
