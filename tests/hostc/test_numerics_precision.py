"""Where single and double precision give different constants, real TFLM decides."""

from __future__ import annotations

import math

import numpy as np
import tflm
from kernel_cases import spec
from tflite_builder import Spec, single_operator

from hilbench.engines.aot.numerics.affine import Affine, limits_s8
from hilbench.engines.aot.numerics.fixed_point import quantize_multiplier, rescale


def float32(x: float) -> float:
    return float(np.float32(x))


def test_fully_connected_multiplies_scales_in_double_precision() -> None:
    source, weight = Affine(float32(0.0173), 0), float32(0.0041)
    out = Affine(float32(source.scale * weight * 2.0**22), 0)
    single = quantize_multiplier(float32(source.scale * weight) / out.scale)
    double = quantize_multiplier(source.scale * weight / out.scale)
    sums = np.arange(1 << 28, (1 << 28) + (1 << 24))
    differ = np.flatnonzero(rescale(sums, *single) != rescale(sums, *double))
    bias = sums[differ[:4]].astype(np.int32)
    assert bias.size == 4
    model = single_operator(
        "FULLY_CONNECTED",
        [
            spec((1, 1), source),
            Spec((4, 1), "int8", weight, data=np.zeros((4, 1), np.int8)),
            Spec((4,), "int32", source.scale * weight, data=bias),
        ],
        [spec((1, 4), out)],
    )
    (actual,) = tflm.run(model, np.zeros((1, 1), np.int8))
    np.testing.assert_array_equal(actual[0], rescale(bias.astype(np.int64), *double))


def test_relu_divides_scales_in_double_precision() -> None:
    out = Affine(float32(0.0123), 0)
    told_apart = 0
    for value in range(128, 256):
        # `value` input steps are just about 80.5 output steps: a tie that rounding breaks.
        source = Affine(float32(out.scale * 80.5 / value), -128)
        single = quantize_multiplier(float32(source.scale / out.scale))
        double = quantize_multiplier(source.scale / out.scale)
        expected = rescale(np.array([value]), *double)
        if rescale(np.array([value]), *single) == expected:
            continue
        told_apart += 1
        model = single_operator("RELU", [spec((1, 1), source)], [spec((1, 1), out)])
        (actual,) = tflm.run(model, np.array([[value - 128]], np.int8))
        assert actual == expected
    assert told_apart > 0


def test_limits_of_activations_divide_in_single_precision() -> None:
    told_apart = 0
    for step in range(20, 127):
        scale = float32(6.0 / (step + 0.5))
        if limits_s8("RELU6", Affine(scale, 0))[1] == math.floor(6.0 / scale + 0.5):
            continue
        told_apart += 1
        same = spec((1, 1), Affine(scale, 0))
        model = single_operator("RELU6", [same], [same])
        (actual,) = tflm.run(model, np.full((1, 1), 127, np.int8))
        assert actual == limits_s8("RELU6", Affine(scale, 0))[1]
    assert told_apart > 0
