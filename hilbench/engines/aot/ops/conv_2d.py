"""CONV_2D, DEPTHWISE_CONV_2D over NHWC."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from hilbench.engines.aot.node import Node
from hilbench.engines.aot.numerics.affine import INT8_MAX, INT8_MIN, limits_f32, limits_s8
from hilbench.engines.aot.numerics.packed_windows import pack_sets
from hilbench.engines.aot.numerics.planes import (
    are_dearer,
    doubled_offsets,
    is_short,
    lines_of_planes,
    planes,
    taps,
)
from hilbench.engines.aot.numerics.rows import rows_in_eights
from hilbench.engines.aot.numerics.sums import Integers
from hilbench.engines.aot.numerics.weighted import per_channel_multipliers
from hilbench.engines.aot.ops.fully_connected import FULLY_CONNECTED, FullyConnected
from hilbench.engines.aot.program import Call, Constant, Value
from hilbench.engines.aot.sliding_window import SlidingWindow
from hilbench.engines.aot.weighted import Mask, Weighted
from hilbench.tflite.graph import OptionValue

_WINDOWS_BYTES = 512
_SPREAD = 3
"""Times that a dilated window of channels not in fours is as wide as its filter and still takes
less with zeros for what it skips than the kernel that takes every shape."""
_SMALL = 16
"""Times that a second window, which makes weights half as dear, fits in input and output."""


class Convolution(Weighted):
    """Axes 1 and 2 of the weights are the filter."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.weights, self.target = node.input(0), node.input(1), node.output()
        self.bias = node.optional_input(2)
        self.activation = node.text("fused_activation_function")
        node.require(len(self.weights.shape) == 4, f"{self.weights.label} has not 4 axes")
        dilation = node.integer("dilation_h_factor"), node.integer("dilation_w_factor")
        _, height, width, _ = self.weights.shape
        self.window = SlidingWindow(node, self.source, self.target, (height, width), dilation)
        self.in_channels = self.source.shape[3]
        self.out_channels = self.weights.shape[self.channel_axis]

    def check_form(self) -> None:
        node = self.node
        node.require_type(self.source, "float32", "int8", "int16")
        node.require_same_type(self.source, self.target)
        node.require_weights(self.weights, self.source, dimension=self.channel_axis)
        node.require_bias(self.bias, self.source, self.out_channels)
        self.window.check(channels=self.out_channels)
        self.check_channels()

    @abstractmethod
    def check_channels(self) -> None:
        """Raise Unsupported unless input channels and weights go together."""

    def is_padded(self) -> bool:
        return self.window.is_padded()

    @abstractmethod
    def channels(self) -> dict[str, Value]:
        """The fields of the params struct that count channels."""

    def lower(self) -> Call:
        if self.is_hybrid:
            return self._hybrid()
        if self.source.dtype == "float32":
            return self.float()
        if self.source.dtype == "int16":
            fields = {"window": self.window.struct(), **self.fields_s16(), **self.channels()}
            return self._call("s16", fields)
        return self.fast() or self.plain()

    def float(self) -> Call:
        low, high = limits_f32(self.activation)
        return self._call("f32", self._fields() | {"min": low, "max": high})

    def _hybrid(self) -> Call:
        """The inputs of a batch are quantized together, symmetric where weights have one scale."""
        per_channel = self.node.quantization(self.weights).per_channel
        fields = {
            "window": self.window.struct(),
            **self.fields_hybrid(is_asymmetric=per_channel),
            **self.channels(),
        }
        return self._call("hybrid", fields, self.source.elements // self.source.shape[0])

    def fast(self) -> Call | None:
        """A call of the int8 kernel that takes most shapes, None where it is not exact."""
        return None

    def plain(self) -> Call:
        """A call of the int8 kernel that takes every shape."""
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        multipliers, shifts = self.rescaling()
        low, high = limits_s8(self.activation, target)
        fields: dict[str, Value] = {
            "multipliers": Constant("multipliers", multipliers),
            "shifts": Constant("shifts", shifts),
            "input_zero_point": source.zero_point,
            "output_zero_point": target.zero_point,
            "min": low,
            "max": high,
        }
        return self._call("s8", self._fields() | fields)

    def _fields(self) -> dict[str, Value]:
        return {
            "window": self.window.struct(),
            "weights": Constant("weights", self.node.constant(1)),
            "bias": self.node.optional_constant("bias", 2),
            **self.channels(),
        }

    def _call(self, kind: str, fields: dict[str, Value], scratch: int = 0) -> Call:
        stem = self.node.operator.name.lower()
        return self.node.call(
            f"{stem}_{kind}", f"{stem}.h", fields, inputs=[self.source], scratch=scratch
        )

    def rescaling(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int8]]:
        """(multipliers, shifts) of the int8 output channels."""
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        scales = self.node.quantization(self.weights).scales
        return per_channel_multipliers(source, scales, target, self.out_channels)

    def clips(self) -> bool:
        """Whether a fused activation leaves less than int8 has room for."""
        limits = limits_s8(self.activation, self.node.affine(self.target))
        return limits != (INT8_MIN, INT8_MAX)


class Conv2D(Convolution):
    """Weights (out_channels, filter_h, filter_w, in_channels)."""

    channel_axis = 0

    def sets(self) -> Sequence[npt.NDArray[Any]]:
        """Weights (out_channels, -1) by which the rows of outputs take turns."""
        return [self.node.constant(1).reshape(self.out_channels, -1)]

    def turns(self) -> dict[str, Value]:
        return {"sets": 1, "first_set": 0}

    def lower(self) -> Call:
        is_plain = not self.is_hybrid and self.source.dtype != "int16"
        if is_plain and self._is_one_window():
            return replace(self._dense().lower(), operator=self.node.operator)
        return super().lower()

    def _is_one_window(self) -> bool:
        """Whether the only window is all of the input, in its order."""
        return self.window.filter_shape == self.window.size and not self.is_padded()

    def _dense(self) -> FullyConnected:
        """The product of a matrix and a vector, whose kernels waste no second window on it."""
        node, weights = self.node, self.weights
        data = node.constant(1).reshape(self.out_channels, -1)
        tensors = list(node.graph.tensors)
        tensors[weights.index] = replace(weights, shape=data.shape, data=data)
        options: dict[str, OptionValue] = {
            "fused_activation_function": self.activation,
            "weights_format": 0,
        }
        operator = replace(node.operator, name=FULLY_CONNECTED, options=options)
        return FullyConnected(Node(replace(node.graph, tensors=tuple(tensors)), operator))

    def check_channels(self) -> None:
        self.node.require(
            self.weights.shape[3] == self.in_channels,
            f"{self.weights.label} for {self.in_channels} input channels (groups)",
        )

    def channels(self) -> dict[str, Value]:
        return {"in_channels": self.in_channels, "out_channels": self.out_channels}

    def weight_rows(self) -> Integers:
        return self.node.constant(1).reshape(self.out_channels, -1).astype(np.int64)

    def taps(self) -> Integers:
        height, width = self.window.filter_shape
        return np.tile(np.arange(self.in_channels), height * width)

    def without(self, rows: Integers, outputs: Mask, inputs: Mask) -> npt.NDArray[np.int8]:
        weights = rows.astype(np.int8).reshape(self.weights.shape)
        return weights[outputs][..., inputs]

    def float(self) -> Call:
        """Rows of weights times the window of each pixel; padding is zeros."""
        sets = self.sets()
        finite = bool(np.isfinite(sets).all())
        self.node.require(finite or not self.is_padded(), f"{self.weights.label} is not finite")
        low, high = limits_f32(self.activation)
        window = sets[0].itemsize * sets[0].shape[1]
        count = self._windows_f32(window)
        fields: dict[str, Value] = {
            **self._fields(),
            "weights": Constant("weights", np.concatenate([rows_in_eights(s) for s in sets])),
            "windows": count,
            **self.turns(),
            "min": low,
            "max": high,
        }
        return self._call("f32", fields, scratch=max(count * window, 4))

    def _windows_f32(self, window: int) -> int:
        """How many windows of so many bytes are gathered at once."""
        if self.window.filter_shape == (1, 1) and self.window.stride[1] == 1:
            return 0
        elements = self.source.elements + self.target.elements
        is_small = _SMALL * window <= 4 * elements // max(self.source.shape[0], 1)
        return min(max(_WINDOWS_BYTES // window, 2 if is_small else 1), self.window.output[1])

    def fast(self) -> Call | None:
        """The packed product of rows of weights and the windows of two pixels."""
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        bias = None if self.bias is None else self.node.constant(2)
        zero_points = source.zero_point, target.zero_point
        window = self.window if self._in_fours else self.window.folded().spread()
        if window.filter_shape[1] > _SPREAD * self.window.filter_shape[1]:
            return None
        sets = [self._spread(weights, window) for weights in self.sets()]
        filter_row = None if self._in_fours else window.filter_shape[1] * self.in_channels
        packed = pack_sets(sets, bias, zero_points, *self.rescaling(), filter_row)
        if packed is None or self.clips():
            return None
        fields: dict[str, Value] = {
            "window": window.struct(),
            "weights": Constant("weights", packed.weights),
            "blocks": Constant("blocks", packed.blocks),
            **self.channels(),
            "columns": packed.columns,
            "pairs": _pairs(packed.columns),
            **self.turns(),
            "input_zero_point": source.zero_point,
        }
        return self.node.call(
            "conv_2d_packed_s8",
            "conv_2d_packed.h",
            fields,
            inputs=[self.source],
            scratch=self._scratch(packed.columns, window),
        )

    def _spread(self, weights: npt.NDArray[Any], window: SlidingWindow) -> npt.NDArray[Any]:
        """Weights (out_channels, -1) with zeros for what the window sees between its taps."""
        (height, width), apart = window.filter_shape, self.window.dilation[1]
        if weights.shape[1] == height * width * self.in_channels:
            return weights
        taps = weights.reshape(len(weights), height, -1, self.in_channels)
        wide = np.zeros((len(taps), height, width, self.in_channels), taps.dtype)
        wide[:, :, ::apart] = taps
        return wide.reshape(len(wide), -1)

    @property
    def _in_fours(self) -> bool:
        return self.in_channels % 4 == 0

    def _scratch(self, columns: int, window: SlidingWindow) -> int:
        """Bytes: pairs of windows of halfwords, and the lines that odd channels come from."""
        windows = 4 * _pairs(columns) * columns
        (height, width), (_, stride) = window.filter_shape, window.stride
        if self._in_fours or height * width == 1:
            return windows
        line = (window.output[1] - 1) * stride + width
        return windows + 2 * height * line * self.in_channels


def _pairs(columns: int) -> int:
    """How many pairs of windows are gathered at once: as many as take little memory."""
    return max(_WINDOWS_BYTES // (4 * columns), 1)


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

    def weight_rows(self) -> Integers:
        return self.node.constant(1).reshape(-1, self.out_channels).T.astype(np.int64)

    def taps(self) -> Integers:
        channels = np.arange(self.in_channels)
        return np.repeat(channels, self.out_channels // self.in_channels)[:, None]

    def without(self, rows: Integers, outputs: Mask, inputs: Mask) -> npt.NDArray[np.int8]:
        del inputs  # as many as outputs
        return rows.T.astype(np.int8).reshape(self.weights.shape)[..., outputs]

    def fast(self) -> Call | None:
        """Four channels of an output at a time where that is cheaper than planes of halfwords."""
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        multipliers, shifts = self.rescaling()
        if self.clips() or not is_short(shifts):
            return None
        weights = self.node.constant(1)
        bias = None if self.bias is None else self.node.constant(2)
        fields: dict[str, Value] = {
            "window": self.window.struct(),
            "offsets": Constant("offsets", doubled_offsets(weights, bias, source.zero_point)),
            "multipliers": Constant("multipliers", multipliers),
            "shifts": Constant("shifts", -shifts),
            "output_zero_point": target.zero_point,
        }
        window = lines_of_planes(self.window)
        is_alone = not self.is_padded() and self.in_channels == self.out_channels
        if is_alone and (window is None or are_dearer(window)):
            fields |= {"taps": Constant("taps", weights), "channels": self.in_channels}
            return self._fast("unpadded", fields)
        if window is None:
            return None
        return self._in_planes(window, fields)

    def _in_planes(self, window: SlidingWindow, fields: Mapping[str, Value]) -> Call:
        """`window` has rows or columns as lines of planes."""
        sizes = planes(window)
        in_row, in_column = (step * self.in_channels for step in window.in_steps)
        out_row, out_column = (step * self.out_channels for step in window.out_steps)
        rows = self.node.constant(1).reshape(*self.window.filter_shape, self.out_channels)
        if window is not self.window:  # turned, or a row of taps, whose order is the same
            rows = rows.transpose(1, 0, 2).reshape(*window.filter_shape, self.out_channels)
        planar: dict[str, Value] = {
            "window": window.struct(),
            "taps": Constant("taps", taps(rows, sizes.words)),
            **self.channels(),
            "in_row": in_row,
            "in_column": in_column,
            "out_row": out_row,
            "out_column": out_column,
            "words": sizes.words,
            "line_words": sizes.line_words,
            "band": sizes.band,
            "input_zero_point": self.node.affine(self.source).zero_point,
        }
        return self._fast("planes", {**fields, **planar}, sizes.scratch)

    def _fast(self, kind: str, fields: dict[str, Value], scratch: int = 0) -> Call:
        return self.node.call(
            f"depthwise_conv_2d_{kind}_s8",
            f"depthwise_conv_2d_{kind}.h",
            fields,
            inputs=[self.source],
            scratch=scratch,
        )


OPERATORS = {"CONV_2D": Conv2D, "DEPTHWISE_CONV_2D": DepthwiseConv2D}
