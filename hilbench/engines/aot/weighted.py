"""What CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED have in common: rows of weights."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hilbench.engines.aot.node import Lowering
from hilbench.engines.aot.numerics import wide
from hilbench.engines.aot.numerics.affine import limits_f32, limits_s8, limits_s16
from hilbench.engines.aot.numerics.sums import SUM_LIMIT, Bounds, Integers, Rescaling, sum_bounds
from hilbench.engines.aot.numerics.weighted import per_channel_multipliers
from hilbench.engines.aot.program import Constant, Value
from hilbench.tflite.graph import Tensor

Mask = npt.NDArray[np.bool_]

_MOST_HYBRID_TAPS = (1 << 31) // (255 * 128)


class Weighted(Lowering):
    """Inputs: value, constant weights and perhaps a bias; one row of weights per output channel.

    `channel_axis` is the axis of the weights that counts output channels.
    """

    channel_axis: int
    source: Tensor
    weights: Tensor
    bias: Tensor | None
    target: Tensor
    activation: str

    @property
    def is_hybrid(self) -> bool:
        """Whether int8 weights meet float inputs: dynamic range."""
        return self.source.dtype == "float32" and self.weights.dtype == "int8"

    @abstractmethod
    def check_form(self) -> None:
        """`check` but for what the values of weights and bias can make of a sum."""

    def check(self) -> None:
        self.check_form()
        if self.is_hybrid:
            taps = self.weights.elements // max(self.weights.shape[self.channel_axis], 1)
            self.node.require(taps < _MOST_HYBRID_TAPS, f"{self.weights.label} has {taps} in a sum")
        elif self.source.dtype != "float32":
            self.check_sums()

    def check_sums(self) -> None:
        """Raise Unsupported unless every sum of products is one that the kernels hold."""
        channels = np.zeros(self.source.shape[-1:] or (1,), np.int64)
        values = np.iinfo(self.source.dtype)
        sums = self.sums(Bounds(channels + values.min, channels + values.max))
        low, high = int(sums.low.min(initial=0)), int(sums.high.max(initial=0))
        reached = high if high >= -low else low
        limit = SUM_LIMIT if self.source.dtype == "int8" else wide.SUM_LIMIT
        power = limit.bit_length() - 1
        self.node.require(abs(reached) < limit, f"sums of up to {reached}, 2^{power} and more")

    @abstractmethod
    def weight_rows(self) -> Integers:
        """Weights as (output channels, taps)."""

    @abstractmethod
    def taps(self) -> Integers:
        """The input channel of each of `weight_rows`, broadcastable to them."""

    @abstractmethod
    def without(self, rows: Integers, outputs: Mask, inputs: Mask) -> npt.NDArray[np.int8]:
        """`rows` as weights again, with the channels alone that are true."""

    def sees_channels(self) -> bool:
        """Whether weights have int8 and belong to one channel of input and output each."""
        return self.source.dtype == "int8"

    def is_padded(self) -> bool:
        """Whether an output may see positions outside of the input, which count nothing."""
        return False

    def zero_point(self) -> int:
        return self.node.affine(self.source).zero_point

    def biases(self) -> Integers:
        if self.bias is None:
            return np.zeros(self.weights.shape[self.channel_axis], np.int64)
        return self.node.constant(2).ravel().astype(np.int64)

    def sums(self, inputs: Bounds) -> Bounds:
        """Of every output channel, for bounds per input channel."""
        taps = self.taps()
        seen = Bounds(inputs.low[taps], inputs.high[taps])
        return sum_bounds(
            self.weight_rows(), self.biases(), seen, self.zero_point(), padded=self.is_padded()
        )

    def fields_hybrid(self, *, is_asymmetric: bool) -> dict[str, Value]:
        """What the kernels of dynamic range need besides shapes."""
        scales = self.node.quantization(self.weights).scales
        channels = self.weights.shape[self.channel_axis]
        each = np.broadcast_to(np.array(scales, np.float32), (channels,))
        low, high = limits_f32(self.activation)
        return {
            "weights": Constant("weights", self.node.constant(1)),
            "scales": Constant("scales", np.ascontiguousarray(each)),
            "bias": self.node.optional_constant("bias", 2),
            "min": low,
            "max": high,
            "is_asymmetric": int(is_asymmetric),
        }

    def fields_s16(self) -> dict[str, Value]:
        """What the kernels of int16 activations need besides shapes."""
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        scales = self.node.quantization(self.weights).scales
        channels = self.weights.shape[self.channel_axis]
        multipliers, shifts = wide.wide_channels(source, scales, target, channels)
        low, high = limits_s16(self.activation, target)
        return {
            "weights": Constant("weights", self.node.constant(1)),
            "bias": self.node.optional_constant("bias", 2),
            "multipliers": Constant("multipliers", multipliers),
            "shifts": Constant("shifts", shifts),
            "min": low,
            "max": high,
        }

    def rescaling_s8(self, scales: Sequence[float] | None = None) -> Rescaling:
        """Of sums of int8 products; `scales` of the weights stand in for their own."""
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        scales = self.node.quantization(self.weights).scales if scales is None else scales
        channels = self.weights.shape[self.channel_axis]
        multipliers, shifts = per_channel_multipliers(source, scales, target, channels)
        low, high = limits_s8(self.activation, target)
        return Rescaling(
            multipliers.astype(np.int64), shifts.astype(np.int64), target.zero_point, low, high
        )
