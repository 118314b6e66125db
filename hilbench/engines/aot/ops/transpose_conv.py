"""TRANSPOSE_CONV over NHWC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.affine import limits_f32, limits_s8
from hilbench.engines.aot.numerics.sub_pixels import Phases, phases, weights_by_phase
from hilbench.engines.aot.numerics.weighted import per_channel_multipliers
from hilbench.engines.aot.numerics.window import output_and_padding
from hilbench.engines.aot.ops.conv_2d import Conv2D
from hilbench.engines.aot.program import Call, Constant, Struct, Value
from hilbench.engines.aot.sliding_window import EXPLICIT
from hilbench.tflite.graph import OptionValue, Tensor


class TransposeConv(Lowering):
    """Inputs: shape of the output, weights (out, height, width, in), value, perhaps a bias."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.weights, self.source, self.target = node.input(1), node.input(2), node.output()
        self.bias = node.optional_input(3)
        self.activation = node.text("fused_activation_function")
        for tensor in (self.weights, self.source, self.target):
            node.require(
                len(tensor.shape) == 4 and tensor.elements > 0, f"{tensor.label} has not 4 axes"
            )
        self.stride = node.integer("stride_h"), node.integer("stride_w")
        node.require(min(self.stride) > 0, f"stride {self.stride}")

    def check(self) -> None:
        node = self.node
        node.require_type(self.source, "float32", "int8")
        node.require_same_type(self.source, self.weights, self.target)
        node.require_weights(self.weights, self.source, dimension=0)
        out_channels, _, _, in_channels = self.weights.shape
        node.require_bias(self.bias, self.source, out_channels)
        node.require(
            self.source.shape[3] == in_channels
            and self.target.shape[3] == out_channels
            and self.source.shape[0] == self.target.shape[0],
            f"shapes do not fit: {self.source.label}, {self.weights.label}, {self.target.label}",
        )
        for axis in (0, 1):
            expected, _ = self._padding(axis)
            found = self.source.shape[1 + axis]
            node.require(expected == found, f"{self.source.label} should have {expected} there")
        if self.source.dtype == "int8":
            taps = self.weights.elements // out_channels
            node.require(taps * 128 * 255 < 1 << 29, f"sums over {taps}")

    def _padding(self, axis: int) -> tuple[int, int]:
        """Pixels of the input, and padding, as a convolution of the output would have them."""
        length, filter_length = self.target.shape[1 + axis], self.weights.shape[1 + axis]
        padding = self.node.text("padding")
        return output_and_padding(length, filter_length, self.stride[axis], 1, padding)

    def _shape(self) -> Struct:
        batches, in_h, in_w, in_channels = self.source.shape
        _, out_h, out_w, out_channels = self.target.shape
        return Struct(
            "transpose_conv_shape",
            {
                "batches": batches,
                "in_h": in_h,
                "in_w": in_w,
                "in_channels": in_channels,
                "out_h": out_h,
                "out_w": out_w,
                "out_channels": out_channels,
                "filter_h": self.weights.shape[1],
                "filter_w": self.weights.shape[2],
                "stride_h": self.stride[0],
                "stride_w": self.stride[1],
                "pad_h": self._padding(0)[1],
                "pad_w": self._padding(1)[1],
            },
        )

    def lower(self) -> Call:
        return self._as_convolution() or self._plain()

    def _as_convolution(self) -> Call | None:
        """The outputs of a row of blocks are the channels of a convolution, rows take turns.

        None where a row ends inside of a block, or the convolution has no fast kernel.
        """
        if self.target.shape[2] % self.stride[1] != 0:
            return None
        convolution = SubPixelConv2D(self)
        if self.source.dtype == "int8":
            call = convolution.fast()
        else:
            call = convolution.float() if np.isfinite(self.node.constant(1)).all() else None
        return None if call is None else replace(call, operator=self.node.operator)

    def column_phases(self) -> Phases:
        return phases(self.weights.shape[2], self.stride[1], self._padding(1)[1])

    def row_phases(self) -> tuple[Phases, int, int]:
        """(phases, padding, phase of the first row)."""
        found = phases(self.weights.shape[1], self.stride[0], 0)
        blocks, phase = divmod(self._padding(0)[1], self.stride[0])
        return found, found.padding - blocks, phase

    def _plain(self) -> Call:
        node = self.node
        fields: dict[str, Value] = {
            "shape": self._shape(),
            "weights": Constant("weights", node.constant(1)),
            "bias": node.optional_constant("bias", 3),
        }
        header = "transpose_conv.h"
        if self.source.dtype == "float32":
            low, high = limits_f32(self.activation)
            fields |= {"min": low, "max": high}
            return node.call("transpose_conv_f32", header, fields, inputs=[self.source])
        source, target = node.affine(self.source), node.affine(self.target)
        scales = node.quantization(self.weights).scales
        multipliers, shifts = per_channel_multipliers(source, scales, target, self.weights.shape[0])
        low, high = limits_s8(self.activation, target)
        fields |= {
            "multipliers": Constant("multipliers", multipliers),
            "shifts": Constant("shifts", shifts),
            "input_zero_point": source.zero_point,
            "output_zero_point": target.zero_point,
            "min": low,
            "max": high,
        }
        return node.call("transpose_conv_s8", header, fields, inputs=[self.source])


class SubPixelConv2D(Conv2D):
    """The convolution of which an output pixel has the channels of a row of `stride` pixels."""

    def __init__(self, transposed: TransposeConv) -> None:
        self.rows, pad_h, self.first_set = transposed.row_phases()
        columns = transposed.column_phases()
        weights = weights_by_phase(transposed.node.constant(1), self.rows, columns)
        self.all_sets = weights
        tensors = list(transposed.node.graph.tensors)
        pixels = columns.count
        tensors[transposed.weights.index] = _repeated(transposed.weights, weights[0], pixels)
        bias = transposed.bias
        if bias is not None:
            data = np.tile(transposed.node.constant(3), pixels)
            tensors[bias.index] = _repeated(bias, data, pixels)
        _, out_h, out_w, _ = transposed.target.shape
        options: dict[str, OptionValue] = {
            "padding": EXPLICIT,
            "fused_activation_function": transposed.activation,
            **{"out_h": out_h, "out_w": out_w // pixels},
            **{"pad_h": pad_h, "pad_w": columns.padding},
            **dict.fromkeys(("stride_h", "stride_w"), 1),
            **dict.fromkeys(("dilation_h_factor", "dilation_w_factor"), 1),
        }
        operator = transposed.node.operator
        _, filters, source, *rest = operator.inputs
        inputs = (source, filters, *rest)
        operator = replace(operator, name="CONV_2D", inputs=inputs, options=options)
        super().__init__(Node(replace(transposed.node.graph, tensors=tuple(tensors)), operator))

    def sets(self) -> Sequence[npt.NDArray[Any]]:
        return list(self.all_sets.reshape(len(self.all_sets), self.out_channels, -1))

    def turns(self) -> dict[str, Value]:
        return {"sets": self.rows.count, "first_set": self.first_set}


def _repeated(tensor: Tensor, data: npt.NDArray[Any], times: int) -> Tensor:
    """With these data, of so many times the channels."""
    quantization = tensor.quantization
    if quantization is not None and quantization.per_channel:
        quantization = replace(
            quantization,
            scales=quantization.scales * times,
            zero_points=quantization.zero_points * times,
        )
    return replace(tensor, shape=data.shape, data=data, quantization=quantization)


OPERATORS = {"TRANSPOSE_CONV": TransposeConv}
