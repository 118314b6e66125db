"""CONV_2D, DEPTHWISE_CONV_2D over NHWC."""

from __future__ import annotations

from abc import abstractmethod

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.affine import limits_f32, limits_s8
from hilbench.engines.aot.numerics.weighted import per_channel_multipliers
from hilbench.engines.aot.program import Call, Constant, Value
from hilbench.engines.aot.window import Window


class Convolution(Lowering):
    """Inputs: value, weights of which axes 1 and 2 are the filter, and perhaps a bias.

    `channel_axis` is the axis of the weights that counts output channels.
    """

    channel_axis: int

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.weights, self.target = node.input(0), node.input(1), node.output()
        self.bias = node.optional_input(2)
        self.activation = node.text("fused_activation_function")
        node.require(len(self.weights.shape) == 4, f"{self.weights.label} has not 4 axes")
        dilation = node.integer("dilation_h_factor"), node.integer("dilation_w_factor")
        _, height, width, _ = self.weights.shape
        self.window = Window(node, self.source, self.target, (height, width), dilation)
        self.in_channels = self.source.shape[3]
        self.out_channels = self.weights.shape[self.channel_axis]

    def check(self) -> None:
        node = self.node
        node.require_type(self.source, "float32", "int8")
        node.require_same_type(self.source, self.weights, self.target)
        node.require_weights(self.weights, dimension=self.channel_axis)
        node.require_bias(self.bias, self.source, self.out_channels)
        if self.source.dtype == "int8":
            node.require_accumulators(dimension=self.channel_axis)
        self.window.check(channels=self.out_channels)
        self.check_channels()

    @abstractmethod
    def check_channels(self) -> None:
        """Raise Unsupported unless input channels and weights go together."""

    @abstractmethod
    def channels(self) -> dict[str, Value]:
        """The fields of the params struct that count channels."""

    def lower(self) -> Call:
        stem = self.node.operator.name.lower()
        fields: dict[str, Value] = {
            "window": self.window.struct(),
            "weights": Constant("weights", self.node.constant(1)),
            "bias": self.node.optional_constant("bias", 2),
            **self.channels(),
        }
        if self.source.dtype == "float32":
            low, high = limits_f32(self.activation)
            fields |= {"min": low, "max": high}
            return self.node.call(f"{stem}_f32", f"{stem}.h", fields, inputs=[self.source])
        fields |= self._quantized()
        return self.node.call(f"{stem}_s8", f"{stem}.h", fields, inputs=[self.source])

    def _quantized(self) -> dict[str, Value]:
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        scales = self.node.quantization(self.weights).scales
        multipliers, shifts = per_channel_multipliers(source, scales, target, self.out_channels)
        low, high = limits_s8(self.activation, target)
        return {
            "multipliers": Constant("multipliers", multipliers),
            "shifts": Constant("shifts", shifts),
            "input_zero_point": source.zero_point,
            "output_zero_point": target.zero_point,
            "min": low,
            "max": high,
        }


class Conv2D(Convolution):
    """Weights (out_channels, filter_h, filter_w, in_channels)."""

    channel_axis = 0

    def check_channels(self) -> None:
        self.node.require(
            self.weights.shape[3] == self.in_channels,
            f"{self.weights.label} for {self.in_channels} input channels (groups)",
        )

    def channels(self) -> dict[str, Value]:
        return {"in_channels": self.in_channels, "out_channels": self.out_channels}


class DepthwiseConv2D(Convolution):
    """Weights (1, filter_h, filter_w, in_channels * depth_multiplier)."""

    channel_axis = 3

    def check_channels(self) -> None:
        self.node.require(
            self.weights.shape[0] == 1
            and self.in_channels > 0
            and self.out_channels % self.in_channels == 0,
            f"{self.weights.label} for {self.in_channels} input channels",
        )

    def channels(self) -> dict[str, Value]:
        return {
            "in_channels": self.in_channels,
            "depth_multiplier": self.out_channels // self.in_channels,
        }


OPERATORS = {"CONV_2D": Conv2D, "DEPTHWISE_CONV_2D": DepthwiseConv2D}
