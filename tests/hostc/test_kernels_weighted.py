"""FULLY_CONNECTED, CONV_2D, DEPTHWISE_CONV_2D: the C kernels beside real TFLM."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tflm
from kernel_cases import ACTIVATIONS, affine, assert_close, f32, near, s8, seeds, spec
from kernel_library import call
from tflite_builder import Spec, single_operator

from hilbench.engines.aot.node import Node
from hilbench.engines.aot.numerics import packed, weighted
from hilbench.engines.aot.numerics.affine import Affine, limits_f32, limits_s8
from hilbench.engines.aot.numerics.fixed_point import quantize_multiplier
from hilbench.engines.aot.numerics.rounded import rounded
from hilbench.engines.aot.numerics.rows import rows_in_eights
from hilbench.engines.aot.numerics.window import output_and_padding
from hilbench.engines.aot.ops.fully_connected import FullyConnected
from hilbench.tflite.reader import parse

# batches, rows, columns
DENSE = [(1, 1, 1), (1, 4, 8), (1, 5, 3), (1, 64, 32), (3, 65, 64), (2, 7, 130), (1, 3, 1000)]
IN_FOURS = [(2, 4, 1), (3, 12, 30), (5, 64, 36), (8, 8, 130)]  # rows; done two batches at a time


def weight_scales(rng: np.random.Generator, channels: int) -> np.ndarray:
    return np.exp(rng.uniform(np.log(1e-3), np.log(0.02), channels)).astype(np.float32)


def bias_s32(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray | None:
    """As large as the products are together; absent now and then."""
    limit = 2000 * columns
    return None if rng.random() < 0.3 else rng.integers(-limit, limit, rows).astype(np.int32)


def bias_spec(bias: np.ndarray | None, source: Affine, scales: np.ndarray) -> Spec | None:
    if bias is None:
        return None
    return Spec(bias.shape, "int32", np.float32(source.scale) * scales, 0, data=bias)


def output_of(rng: np.random.Generator, source: Affine, scales: np.ndarray, columns: int) -> Affine:
    typical = source.scale * float(np.median(scales)) * 100 * np.sqrt(columns)
    return near(rng, typical, 2)


def limits(activation: str, out: Affine) -> dict[str, int]:
    low, high = limits_s8(activation, out)
    return {"output_zero_point": out.zero_point, "min": low, "max": high}


@pytest.mark.parametrize("seed", seeds(40))
@pytest.mark.parametrize("per_channel", [False, True])
def test_fully_connected_s8(per_channel: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    batches, rows, columns = DENSE[seed % len(DENSE)]
    if per_channel:
        rows = max(rows, 2)
    activation = ACTIVATIONS[seed % 4]
    source, scales = affine(rng), weight_scales(rng, rows if per_channel else 1)
    out = output_of(rng, source, scales, columns)
    weights, x = s8(rng, (rows, columns)), s8(rng, (batches, columns))
    bias = bias_s32(rng, rows, columns)
    model = single_operator(
        "FULLY_CONNECTED",
        [
            spec(x.shape, source),
            Spec(weights.shape, "int8", scales, 0, data=weights),
            bias_spec(bias, source, scales),
        ],
        [spec((batches, rows), out)],
        fused_activation_function=activation,
    )
    (expected,) = tflm.run(model, x)
    fields: dict[str, Any] = {
        "weights": weights,
        "bias": bias,
        "row_sums": weighted.row_sums(weights),
        "batches": batches,
        "rows": rows,
        "columns": columns,
        "input_zero_point": source.zero_point,
        **limits(activation, out),
    }
    actual = np.empty_like(expected)
    if per_channel:
        fields |= channel_fields(source, scales, out, rows)
        call("fully_connected_per_channel_s8", fields, x, actual)
    else:
        pair = quantize_multiplier(source.scale * float(scales[0]) / out.scale)
        fields |= dict(zip(("multiplier", "shift"), pair, strict=True))
        call("fully_connected_s8", fields, x, actual)
    np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize("seed", seeds(60))
@pytest.mark.parametrize("per_channel", [False, True])
def test_fully_connected_packed_s8(per_channel: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shapes = DENSE + IN_FOURS
    batches, rows, columns = shapes[seed % len(shapes)]
    rows = max(rows, 2) if per_channel else rows
    activation = ACTIVATIONS[seed % 4]
    source, scales = affine(rng), weight_scales(rng, rows if per_channel else 1)
    out = output_of(rng, source, scales, columns)
    # As large as they may be, in every row.
    weights = np.clip(s8(rng, (rows, columns)), -127, 127)
    weights //= 1 + 32 * columns // 4096
    x, bias = s8(rng, (batches, columns)), bias_s32(rng, rows, columns)
    if seed % 5 == 0:
        x[...] = rng.choice([-128, 127])
    model = single_operator(
        "FULLY_CONNECTED",
        [
            spec(x.shape, source),
            Spec(weights.shape, "int8", scales, 0, data=weights),
            bias_spec(bias, source, scales),
        ],
        [spec((batches, rows), out)],
        fused_activation_function=activation,
    )
    (expected,) = tflm.run(model, x)
    graph = parse(model)
    found = FullyConnected(Node(graph, graph.operators[0])).packed()
    assert found is not None
    assert found.kernel.endswith("per_channel_s8") == per_channel
    actual, scratch = np.empty_like(expected), np.empty(found.scratch, np.int8)
    inputs = [x.ravel()[operand.offset :] for operand in found.inputs]
    outputs = [actual.ravel()[operand.offset :] for operand in found.outputs]
    assert len(inputs) == len(outputs) == (2 if "2_vectors" in found.kernel else 1)
    call(found.kernel, found.params.fields, *inputs, *outputs, scratch)
    np.testing.assert_array_equal(actual, expected)


def test_rows_are_packed_only_where_the_product_is_exact() -> None:
    weights = np.array([[-1], [-128]], np.int8)  # -1 - 256 * 128 is no int16
    assert packed.pack_rows(weights, 0) is None
    assert packed.pack_rows(-weights[:, :1] // 2, 0) is not None
    wide = np.full((2, 129), 127, np.int8)
    assert packed.pack_rows(wide[:, :128], 127) is not None  # 2 * 255 * 127 * 128 < 2^23
    assert packed.pack_rows(wide, 127) is not None
    assert packed.pack_rows(np.full((2, 130), 127, np.int8), 127) is None
    assert rounded(1 << 30, 0, 0) is None
    assert rounded(1 << 30, -23, 0) is None


def channel_fields(
    source: Affine, scales: np.ndarray, out: Affine, channels: int
) -> dict[str, np.ndarray]:
    found = weighted.per_channel_multipliers(source, scales.tolist(), out, channels)
    return dict(zip(("multipliers", "shifts"), found, strict=True))


@pytest.mark.parametrize("shape", DENSE)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_fully_connected_f32(shape: tuple[int, int, int], activation: str) -> None:
    batches, rows, columns = shape
    rng = np.random.default_rng(rows)
    weights, x = f32(rng, (rows, columns)), f32(rng, (batches, columns))
    bias = f32(rng, (rows,)) if rows % 2 else None
    model = single_operator(
        "FULLY_CONNECTED",
        [
            Spec(x.shape),
            Spec(weights.shape, data=weights),
            None if bias is None else Spec(bias.shape, data=bias),
        ],
        [Spec((batches, rows))],
        fused_activation_function=activation,
    )
    (expected,) = tflm.run(model, x)
    low, high = limits_f32(activation)
    fields = {"weights": rows_in_eights(weights), "bias": bias, "min": low, "max": high}
    fields |= {"batches": batches, "rows": rows, "columns": columns}
    actual = np.empty_like(expected)
    call("fully_connected_f32", fields, x, actual)
    assert_close(actual, expected)


def test_float_sums_beyond_the_largest_float_are_it() -> None:
    weights, x = np.full((9, 3), 2e38, np.float32), np.ones((1, 3), np.float32)
    weights[1::2] *= -1
    model = single_operator(
        "FULLY_CONNECTED",
        [Spec(x.shape), Spec(weights.shape, data=weights), None],
        [Spec((1, 9))],
        fused_activation_function="NONE",
    )
    low, high = limits_f32("NONE")
    fields = {"weights": rows_in_eights(weights), "bias": None, "min": low, "max": high}
    actual = np.empty((1, 9), np.float32)
    call("fully_connected_f32", fields | {"batches": 1, "rows": 9, "columns": 3}, x, actual)
    (expected,) = tflm.run(model, x)
    np.testing.assert_array_equal(actual, expected)
    np.testing.assert_array_equal(np.abs(actual), np.finfo(np.float32).max)


def test_float_rows_in_memory() -> None:
    weights = np.arange(30, dtype=np.float32).reshape(10, 3)
    flat = rows_in_eights(weights)
    assert flat[:10].tolist() == [0, 3, 6, 9, 12, 15, 18, 21, 1, 4]
    assert flat[24:].tolist() == [24, 25, 26, 27, 28, 29]


# (height, width, input channels, output channels or multiplier, filter h, filter w,
#  strides, dilations, padding)
WINDOWS: list[tuple[int, int, int, int, int, int, tuple[int, int], tuple[int, int], str]] = [
    (5, 5, 1, 1, 3, 3, (1, 1), (1, 1), "SAME"),
    (5, 7, 3, 8, 3, 3, (1, 1), (1, 1), "VALID"),
    (6, 5, 4, 6, 3, 2, (2, 1), (1, 1), "SAME"),
    (8, 9, 2, 5, 3, 3, (2, 3), (1, 1), "SAME"),
    (9, 9, 2, 4, 3, 3, (1, 1), (2, 3), "SAME"),
    (9, 9, 3, 2, 2, 3, (1, 1), (3, 2), "VALID"),
    (4, 1, 8, 3, 1, 1, (1, 1), (1, 1), "VALID"),
    (3, 3, 2, 4, 5, 5, (1, 1), (1, 1), "SAME"),
    (49, 10, 1, 8, 10, 4, (2, 2), (1, 1), "SAME"),
]


def window_fields(case: tuple[Any, ...], batches: int) -> dict[str, int]:
    height, width, _, _, filter_h, filter_w, strides, dilations, padding = case
    out_h, pad_h = output_and_padding(height, filter_h, strides[0], dilations[0], padding)
    out_w, pad_w = output_and_padding(width, filter_w, strides[1], dilations[1], padding)
    return {
        "batches": batches,
        "in_h": height,
        "in_w": width,
        "out_h": out_h,
        "out_w": out_w,
        "filter_h": filter_h,
        "filter_w": filter_w,
        "stride_h": strides[0],
        "stride_w": strides[1],
        "dilation_h": dilations[0],
        "dilation_w": dilations[1],
        "pad_h": pad_h,
        "pad_w": pad_w,
    }


def window_options(case: tuple[Any, ...], activation: str) -> dict[str, Any]:
    strides, dilations, padding = case[6:]
    return {
        "stride_h": strides[0],
        "stride_w": strides[1],
        "dilation_h_factor": dilations[0],
        "dilation_w_factor": dilations[1],
        "padding": padding,
        "fused_activation_function": activation,
    }


def filter_of(kind: str, case: tuple[Any, ...]) -> tuple[tuple[int, ...], int, int, dict[str, int]]:
    """Filter shape, output channels, axis of these, fields of the params."""
    channels, out, filter_h, filter_w = case[2:6]
    if kind == "CONV_2D":
        fields = {"in_channels": channels, "out_channels": out}
        return (out, filter_h, filter_w, channels), out, 0, fields
    fields = {"in_channels": channels, "depth_multiplier": out}
    return (1, filter_h, filter_w, channels * out), channels * out, 3, fields


@pytest.mark.parametrize("kind", ["CONV_2D", "DEPTHWISE_CONV_2D"])
@pytest.mark.parametrize("case", WINDOWS)
@pytest.mark.parametrize("seed", range(3))
def test_convolution_s8(kind: str, case: tuple[Any, ...], seed: int) -> None:
    rng = np.random.default_rng(seed)
    batches, activation = 1 + seed % 2, ACTIVATIONS[seed]
    filter_shape, channels, axis, fields = filter_of(kind, case)
    source, scales = affine(rng), weight_scales(rng, channels)
    products = int(np.prod(filter_shape)) // channels
    out = output_of(rng, source, scales, products)
    window = window_fields(case, batches)
    weights, x = s8(rng, filter_shape), s8(rng, (batches, *case[:3]))
    bias = bias_s32(rng, channels, products)
    options = window_options(case, activation)
    if kind == "DEPTHWISE_CONV_2D":
        options["depth_multiplier"] = case[3]
    model = single_operator(
        kind,
        [
            spec(x.shape, source),
            Spec(filter_shape, "int8", scales, 0, axis, weights),
            bias_spec(bias, source, scales),
        ][: 2 if bias is None else 3],
        [spec((batches, window["out_h"], window["out_w"], channels), out)],
        **options,
    )
    (expected,) = tflm.run(model, x)
    actual = np.empty_like(expected)
    fields_s8: dict[str, Any] = {
        "window": window,
        "weights": weights,
        "bias": bias,
        "input_zero_point": source.zero_point,
        **fields,
        **limits(activation, out),
        **channel_fields(source, scales, out, channels),
    }
    call(f"{kind.lower()}_s8", fields_s8, x, actual)
    np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize("kind", ["CONV_2D", "DEPTHWISE_CONV_2D"])
@pytest.mark.parametrize("case", WINDOWS)
@pytest.mark.parametrize("seed", range(2))
def test_convolution_f32(kind: str, case: tuple[Any, ...], seed: int) -> None:
    rng = np.random.default_rng(seed)
    batches, activation = 1 + seed, ACTIVATIONS[2 * seed]
    filter_shape, channels, _, fields = filter_of(kind, case)
    window = window_fields(case, batches)
    weights, x = f32(rng, filter_shape), f32(rng, (batches, *case[:3]))
    bias = f32(rng, (channels,)) if seed else None
    options = window_options(case, activation)
    if kind == "DEPTHWISE_CONV_2D":
        options["depth_multiplier"] = case[3]
    inputs = [Spec(x.shape), Spec(filter_shape, data=weights)]
    if bias is not None:
        inputs.append(Spec(bias.shape, data=bias))
    shape = (batches, window["out_h"], window["out_w"], channels)
    (expected,) = tflm.run(single_operator(kind, inputs, [Spec(shape)], **options), x)
    actual = np.empty_like(expected)
    low, high = limits_f32(activation)
    extra = {"window": window, "weights": weights, "bias": bias, "min": low, "max": high}
    scratch = []
    if kind == "CONV_2D":
        extra["weights"] = rows_in_eights(weights.reshape(channels, -1))
        extra |= {"windows": 2 - seed, "sets": 1, "first_set": 0}
        scratch.append(np.empty((extra["windows"], *filter_shape[1:]), np.float32))
    call(f"{kind.lower()}_f32", extra | fields, x, actual, *scratch)
    assert_close(actual, expected)


POOLS = [case for case in WINDOWS if case[7] == (1, 1)]


@pytest.mark.parametrize("kind", ["MAX_POOL_2D", "AVERAGE_POOL_2D"])
@pytest.mark.parametrize("case", POOLS)
@pytest.mark.parametrize("dtype", ["int8", "float32"])
def test_pooling(kind: str, case: tuple[Any, ...], dtype: str) -> None:
    rng = np.random.default_rng(case[0])
    for activation in ACTIVATIONS[:2]:
        quantization = affine(rng)
        window = window_fields(case, 2)
        in_shape = (2, *case[:3])
        out_shape = (2, window["out_h"], window["out_w"], case[2])
        options = window_options(case, activation)
        del options["dilation_h_factor"], options["dilation_w_factor"]
        options |= {"filter_height": case[4], "filter_width": case[5]}
        if dtype == "int8":
            x = s8(rng, in_shape)
            specs = spec(in_shape, quantization), spec(out_shape, quantization)
            low, high = limits_s8(activation, quantization)
        else:
            x = f32(rng, in_shape)
            specs = Spec(in_shape), Spec(out_shape)
            low, high = limits_f32(activation)
        (expected,) = tflm.run(single_operator(kind, specs[:1], specs[1:], **options), x)
        actual = np.empty_like(expected)
        suffix = "s8" if dtype == "int8" else "f32"
        fields = {"window": window, "channels": case[2], "min": low, "max": high}
        call(f"{kind.lower()}_{suffix}", fields, x, actual)
        assert_close(actual.astype(np.float32), expected.astype(np.float32))
        if dtype == "int8":
            np.testing.assert_array_equal(actual, expected)
