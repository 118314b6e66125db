"""Graphs of one convolution in int8, shaped for the kernels' corners; bytes of a .tflite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from tflite_builder import Spec, single_operator

from hilbench.engines.aot.numerics.window import output_and_padding

Kind = Literal["CONV_2D", "DEPTHWISE_CONV_2D"]


@dataclass(frozen=True)
class Shape:
    """(height, width) pairs; `channels` out is a multiplier of those in where depthwise."""

    size: tuple[int, int]
    inputs: int
    outputs: int
    filter: tuple[int, int] = (3, 3)
    stride: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)
    padding: str = "SAME"
    batches: int = 1
    activation: str = "NONE"
    zero_points: tuple[int, int] = (-128, -128)
    largest: int = 127
    """Of the weights' magnitudes."""
    is_whole_rows: bool = False
    """Whether a dilated row is an image of columns."""

    def is_fast(self, kind: Kind) -> bool:
        """Whether no value is clipped, and the conditions of the kernel for most shapes hold."""
        clips = (self.activation, self.zero_points[1]) == ("RELU6", 0)
        if kind == "DEPTHWISE_CONV_2D":
            return not clips and any(
                1 in pair for pair in zip(self.stride, self.dilation, strict=True)
            )
        seen = (self.filter[1] - 1) * self.dilation[1] + 1
        wide = self.inputs % 4 != 0 and seen > 3 * self.filter[1] and not self.is_whole_rows
        return not clips and not wide and self.largest < 128


UNPADDED = (
    Shape((9, 1), 13, 1, filter=(9, 1), padding="VALID", zero_points=(-128, 4)),
    Shape((5, 7), 8, 1, filter=(3, 2), stride=(2, 1), padding="VALID", batches=2),
    Shape((9, 9), 7, 1, filter=(2, 3), dilation=(3, 2), padding="VALID", zero_points=(9, -128)),
    Shape((5, 5), 6, 1, filter=(5, 5), padding="VALID", zero_points=(-3, 7)),
    Shape((4, 5), 5, 1, padding="VALID"),
)
"""Windows inside of the input: a column, lines, dilated ones, all of it, and few of 3x3."""

SHAPES = (
    Shape((5, 5), 1, 8),
    Shape((8, 7), 3, 16, stride=(2, 2)),
    Shape((7, 6), 16, 16, zero_points=(3, -5)),
    Shape((5, 4), 64, 33, filter=(1, 1), activation="RELU"),
    Shape((9, 9), 4, 5, dilation=(2, 3)),
    Shape((9, 9), 3, 6, dilation=(3, 2), padding="VALID"),
    Shape((3, 3), 2, 4, filter=(5, 5), zero_points=(127, 127)),
    Shape((49, 10), 1, 8, filter=(10, 4), stride=(2, 2), activation="RELU"),
    Shape((4, 3), 8, 7, filter=(3, 2), stride=(2, 1), batches=2),
    Shape((1, 1), 5, 3, filter=(1, 1)),
    Shape((3, 5), 7, 6, filter=(1, 1), stride=(1, 2), zero_points=(4, -7)),
    Shape((5, 3), 12, 2, filter=(1, 1), stride=(2, 1), batches=2, zero_points=(-3, 6)),
    Shape((6, 5), 12, 9, stride=(2, 3), activation="RELU6", zero_points=(-128, 0)),
    Shape((6, 6), 64, 4, filter=(3, 3), padding="VALID"),
    Shape((6, 6), 4, 4, largest=128),
    Shape((25, 5), 64, 1, activation="RELU"),
    Shape((1, 30), 6, 1, filter=(1, 3), zero_points=(5, 3)),
    Shape((7, 14), 4, 2, filter=(5, 3), stride=(1, 2)),
    Shape((24, 23), 12, 1, stride=(2, 2), zero_points=(7, -20)),
    Shape((9, 11), 5, 2, filter=(5, 5), batches=2),
    Shape((40, 30), 3, 1, filter=(2, 7), stride=(1, 3), dilation=(2, 1)),
    Shape((31, 1), 5, 2, filter=(5, 1), stride=(2, 1), zero_points=(11, -3)),
    Shape((14, 13), 7, 1, filter=(4, 4), padding="VALID", batches=2),
    Shape((1, 24), 5, 2, filter=(1, 3), dilation=(1, 4), batches=2, is_whole_rows=True),
    Shape((1, 23), 6, 2, filter=(1, 4), dilation=(1, 3), padding="VALID"),
    Shape((3, 4), 4, 1, dilation=(5, 5), zero_points=(5, -9)),
    Shape((4, 11), 3, 1, dilation=(1, 5)),
    Shape((9, 8), 5, 1, stride=(2, 2), dilation=(2, 3)),
    *UNPADDED,
)


def convolution(kind: Kind, shape: Shape, seed: int = 0) -> bytes:
    """One operator with seeded weights, a bias and a scale per channel."""
    rng = np.random.default_rng(seed)
    depthwise = kind == "DEPTHWISE_CONV_2D"
    channels = shape.inputs * shape.outputs if depthwise else shape.outputs
    products = shape.filter[0] * shape.filter[1] * (1 if depthwise else shape.inputs)
    filters = (1, *shape.filter, channels) if depthwise else (channels, *shape.filter, shape.inputs)
    weights = np.clip(rng.integers(-128, 128, filters), -shape.largest, 127)
    if shape.largest == 128:
        weights[:] = -128
    scales = np.exp(rng.uniform(np.log(2e-3), np.log(0.02), channels)).astype(np.float32)
    source, target = 0.05, 0.05 * 0.01 * 100 * np.sqrt(products)
    limit = 1000 * products
    bias = rng.integers(-limit, limit, channels).astype(np.int32)
    height, width = (
        output_and_padding(size, span, stride, dilation, shape.padding)[0]
        for size, span, stride, dilation in zip(
            shape.size, shape.filter, shape.stride, shape.dilation, strict=True
        )
    )
    options: dict[str, int | str] = {
        "padding": shape.padding,
        "fused_activation_function": shape.activation,
    }
    for letter, stride, dilation in zip("hw", shape.stride, shape.dilation, strict=True):
        options |= {f"stride_{letter}": stride, f"dilation_{letter}_factor": dilation}
    if depthwise:
        options["depth_multiplier"] = shape.outputs
    return single_operator(
        kind,
        [
            Spec((shape.batches, *shape.size, shape.inputs), "int8", source, shape.zero_points[0]),
            Spec(filters, "int8", scales, 0, 3 if depthwise else 0, weights.astype(np.int8)),
            Spec((channels,), "int32", np.float32(source) * scales, 0, data=bias),
        ],
        [Spec((shape.batches, height, width, channels), "int8", target, shape.zero_points[1])],
        **options,
    )
