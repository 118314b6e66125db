"""Channels that are constant for every input are left out, and outputs stay those of TFLM."""

from __future__ import annotations

from pathlib import Path

import aot_host
import numpy as np
import pytest
from tflite_builder import Op, Spec, model, single_operator

from hilbench.engines.aot.node import Node
from hilbench.engines.aot.ops.conv_2d import Conv2D
from hilbench.engines.aot.passes.constant_channels import drop_constant_channels
from hilbench.tflite.reader import parse

WEIGHT_SCALE = 0.01
CONVOLUTION = {
    "padding": "SAME",
    "fused_activation_function": "RELU",
    **dict.fromkeys(("stride_h", "stride_w", "dilation_h_factor", "dilation_w_factor"), 1),
}


class Network:
    """A chain of int8 operators whose biases make the channels `constant` so."""

    def __init__(self, seed: int, zero_point: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.zero_point = zero_point
        self.specs = [Spec((1, 6, 5, 3), "int8", 0.05, 4)]
        self.operators: list[Op] = []

    def add(self, name: str, shape: tuple[int, ...], *constants: Spec, **options: object) -> None:
        source = len(self.specs) - 1 if not self.operators else self.operators[-1].outputs[0]
        first = len(self.specs)
        self.specs += [*constants, Spec(shape, "int8", 0.05, self.zero_point)]
        inputs = [source, *range(first, first + len(constants))]
        self.operators.append(Op(name, inputs, [len(self.specs) - 1], options))

    def weighted(
        self,
        name: str,
        shape: tuple[int, ...],
        filters: tuple[int, ...],
        constant: dict[int, int],
        scale: float | list[float] = WEIGHT_SCALE,
    ) -> None:
        """Output channels `constant` (channel: bias) keep their side of all limits."""
        weights = self.rng.integers(-90, 91, filters)
        bias = self.rng.integers(-2000, 2000, shape[-1])
        for channel, value in constant.items():
            bias[channel] = value
        options: dict[str, object] = {"fused_activation_function": "RELU", "weights_format": 0}
        if name != "FULLY_CONNECTED":
            options = dict(CONVOLUTION)
        if name == "DEPTHWISE_CONV_2D":
            options["depth_multiplier"] = 1
        self.add(
            name,
            shape,
            Spec(filters, "int8", scale, data=weights.astype(np.int8)),
            Spec(
                bias.shape,
                "int32",
                np.float32(0.05) * np.float32(scale),
                data=bias.astype(np.int32),
            ),
            **options,
        )


LARGEST = (1 << 31) - (1 << 20)  # and no sum of products leaves int32


def network(seed: int, zero_point: int) -> bytes:
    """Constants at both limits, of small and of the largest biases; not all can be left out."""
    n = Network(seed, zero_point)
    scales = [WEIGHT_SCALE] * 12
    scales[2] *= 2.0**-18  # and nothing but the bias counts
    constant = dict.fromkeys((0, 1, 7, 8), -(1 << 20)) | {2: 1 << 29, 5: -LARGEST}
    n.weighted("CONV_2D", (1, 6, 5, 12), (12, 3, 3, 3), constant, scales)
    n.weighted("DEPTHWISE_CONV_2D", (1, 6, 5, 12), (1, 3, 3, 12), {5: LARGEST, 6: -(1 << 22)})
    n.weighted("CONV_2D", (1, 6, 5, 9), (9, 1, 1, 12), {0: -(1 << 21), 8: 1 << 21})
    n.add(
        "AVERAGE_POOL_2D",
        (1, 1, 1, 9),
        fused_activation_function="NONE",
        padding="VALID",
        **{"filter_height": 6, "filter_width": 5, "stride_h": 1, "stride_w": 1},
    )
    n.add("RESHAPE", (1, 9))
    n.weighted("FULLY_CONNECTED", (1, 4), (4, 9), {3: 1 << 30})
    return model(n.specs, n.operators, [0], [len(n.specs) - 1])


@pytest.mark.parametrize("zero_point", [-128, -5, 127])
@pytest.mark.parametrize("seed", range(3))
def test_outputs_are_those_of_tflm(seed: int, zero_point: int, tmp_path: Path) -> None:
    built = aot_host.build(network(seed, zero_point), tmp_path)
    samples = built.random_samples(20)
    edges = [[np.full_like(x, edge) for x in samples[0]] for edge in (-128, 127)]
    aot_host.assert_matches(built, [*samples, *edges])


def test_channels_go_as_far_as_padding_lets_them() -> None:
    graph = parse(network(0, -128))
    live = drop_constant_channels(graph)
    channels = [live.tensors[op.outputs[0]].shape[-1] for op in live.operators]
    # 0, 1, 2, 5, 7 and 8 are constant before the depthwise convolution, where 2 is not the
    # zero point: beside the padding it has another value. Whole fours stay: of 7 channels and
    # of the 7 behind it, 8.
    assert channels == [8, 8, 8, 8, 8, 4]
    macs = [np.size(live.tensors[op.inputs[1]].data) for op in live.operators[:3]]
    assert macs == [8 * 27, 8 * 9, 8 * 8]
    assert live.tensors[live.outputs[0]].shape == (1, 4)


def test_a_constant_channel_with_a_tiny_scale_takes_no_fast_kernel_away() -> None:
    """Its factor is below 2^-22, which the packed product does not have; it stays."""
    graph = parse(network(0, -128))
    live = drop_constant_channels(graph)
    assert Conv2D(Node(graph, graph.operators[0])).fast() is None
    assert Conv2D(Node(live, live.operators[0])).fast() is not None


def test_what_is_constant_for_no_reason_of_range_stays() -> None:
    plain = parse(
        single_operator(
            "FULLY_CONNECTED",
            [
                Spec((1, 4), "int8", 0.1),
                Spec((4, 4), "int8", 0.1, data=np.ones((4, 4), np.int8)),
            ],
            [Spec((1, 4), "int8", 0.1)],
        )
    )
    assert drop_constant_channels(plain) == plain


def test_rows_that_are_no_channels_of_the_output_stay() -> None:
    data, bias = np.zeros((4, 4), np.int8), np.zeros(4, np.int32)
    inputs = [
        Spec((2, 4), "int8", 0.1),
        Spec((4, 4), "int8", 0.1, data=data),
        Spec((4,), "int32", 0.01, data=bias),
    ]
    graph = parse(single_operator("FULLY_CONNECTED", inputs, [Spec((1, 8), "int8", 0.1)]))
    assert drop_constant_channels(graph) == graph
