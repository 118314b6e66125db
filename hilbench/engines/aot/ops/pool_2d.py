"""MAX_POOL_2D, AVERAGE_POOL_2D, L2_POOL_2D over NHWC."""

from __future__ import annotations

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.affine import limits_f32, limits_s8, limits_s16
from hilbench.engines.aot.program import Call, Value
from hilbench.engines.aot.sliding_window import SlidingWindow


class Pool2D(Lowering):
    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()
        self.activation = node.text("fused_activation_function")
        filter_shape = node.integer("filter_height"), node.integer("filter_width")
        self.window = SlidingWindow(node, self.source, self.target, filter_shape, dilation=(1, 1))

    def check(self) -> None:
        node = self.node
        integers = () if node.operator.name == "L2_POOL_2D" else ("int8", "int16")
        node.require_type(self.source, "float32", *integers)
        node.require_same_type(self.source, self.target)
        self.window.check(channels=self.source.shape[3])
        if self.source.dtype != "float32":
            same = node.affine(self.source) == node.affine(self.target)
            node.require(same, f"{self.source.label} and {self.target.label} differ in scale")

    def lower(self) -> Call:
        stem = self.node.operator.name.lower()
        if self.source.dtype == "float32":
            kernel, limits = f"{stem}_f32", limits_f32(self.activation)
        elif self.source.dtype == "int8":
            kernel = f"{stem}_s8"
            limits = limits_s8(self.activation, self.node.affine(self.target))
        else:
            kernel = f"{stem}_s16"
            limits = limits_s16(self.activation, self.node.affine(self.target))
        fields: dict[str, Value] = {
            "window": self.window.struct(),
            "channels": self.source.shape[3],
            "min": limits[0],
            "max": limits[1],
        }
        return self.node.call(kernel, f"{stem}.h", fields, inputs=[self.source])


OPERATORS = dict.fromkeys(("MAX_POOL_2D", "AVERAGE_POOL_2D", "L2_POOL_2D"), Pool2D)
