"""SVDF: a filter over features, and one over the steps that it remembers."""

from __future__ import annotations

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.affine import limits_f32
from hilbench.engines.aot.numerics.fixed_point import quantize_multiplier
from hilbench.engines.aot.program import Call, Constant, Struct, Value


class Svdf(Lowering):
    """Inputs: value, feature weights, time weights, perhaps a bias, state (a variable)."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.features, self.time = (node.input(n) for n in range(3))
        self.bias, self.state, self.target = node.optional_input(3), node.input(4), node.output()
        self.rank = node.integer("rank")
        self.activation = node.text("fused_activation_function")
        for tensor in (self.source, self.features, self.time):
            node.require(len(tensor.shape) == 2, f"{tensor.label} has not 2 axes")

    def check(self) -> None:
        node, (filters, features) = self.node, self.features.shape
        node.require_type(self.source, "float32", "int8")
        real = self.source.dtype == "float32"
        node.require_same_type(self.source, self.features, self.target)
        node.require_type(self.time, "float32" if real else "int16")
        node.require_type(self.state, "float32" if real else "int16")
        node.require(self.state.is_variable, f"{self.state.label} is not a variable")
        memory = self.time.shape[1]
        node.require(
            self.rank > 0
            and filters % self.rank == 0
            and self.time.shape[0] == filters
            and self.source.shape[1] == features
            and memory > 0,
            f"shapes do not fit: {self.features.label} and {self.time.label}, rank {self.rank}",
        )
        batches = self.source.shape[0]
        node.require_elements(self.state, batches * filters * memory)
        node.require_elements(self.target, batches * filters // self.rank)
        node.require_bias(self.bias, self.source, filters // self.rank)
        for position in (1, 2):
            node.constant(position)
        if not real:
            node.require(self.activation in ("NONE", "RELU"), f"activation {self.activation}")
            node.require(features * 128 * 255 < 1 << 29, f"sums over {features}")

    def lower(self) -> Call:
        node = self.node
        shape = {
            "batches": self.source.shape[0],
            "features": self.source.shape[1],
            "filters": self.features.shape[0],
            "memory": self.time.shape[1],
            "rank": self.rank,
        }
        fields: dict[str, Value] = {
            "shape": Struct("svdf_shape", shape),
            "feature_weights": Constant("weights", node.constant(1)),
            "time_weights": Constant("weights", node.constant(2)),
            "bias": node.optional_constant("bias", 3),
        }
        inputs = [self.source, self.state]
        if self.source.dtype == "float32":
            low, high = limits_f32(self.activation)
            fields |= {"min": low, "max": high}
            return node.call("svdf_f32", "svdf.h", fields, inputs=inputs)
        return node.call("svdf_s8", "svdf.h", fields | self._factors(), inputs=inputs)

    def _factors(self) -> dict[str, Value]:
        node = self.node
        source, target = node.affine(self.source), node.affine(self.target)
        features, time, state = (node.affine(t) for t in (self.features, self.time, self.state))
        multiplier_state, shift_state = quantize_multiplier(
            source.scale * features.scale / state.scale
        )
        multiplier_out, shift_out = quantize_multiplier(state.scale * time.scale / target.scale)
        return {
            "multiplier_state": multiplier_state,
            "multiplier_out": multiplier_out,
            "shift_state": shift_state,
            "shift_out": shift_out,
            "input_zero_point": source.zero_point,
            "output_zero_point": target.zero_point,
        }


OPERATORS = {"SVDF": Svdf}
