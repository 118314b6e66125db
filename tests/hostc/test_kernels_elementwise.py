"""ADD, SUB, MUL, QUANTIZE, DEQUANTIZE, CAST, RELU: the C kernels beside real TFLM."""

from __future__ import annotations

from dataclasses import asdict
from itertools import product

import numpy as np
import pytest
import tflm
from kernel_cases import ACTIVATIONS, affine, assert_close, f32, near, s8, seeds, spec
from kernel_library import call
from tflite_builder import Spec, single_operator

from hilbench.core.errors import Unsupported
from hilbench.engines.aot.numerics import elementwise, strides
from hilbench.engines.aot.numerics.affine import Affine, limits_f32
from hilbench.engines.aot.numerics.rounded import mul_rounded_s8
from hilbench.engines.aot.numerics.weighted_sum import (
    WeightedSumNarrowS8,
    requantize_narrow_s8,
    weighted_sum_s8,
)

EVERY = np.arange(-128, 128).astype(np.int8)
BINARY_S8 = {
    "ADD": elementwise.add_s8,
    "SUB": elementwise.add_s8,
    "MUL": elementwise.mul_s8,
}
SHAPES = [
    ((1, 256), (1, 256)),
    ((1, 64), ()),
    ((1,), (3, 5)),
    ((2, 3, 7), (7,)),
    ((2, 3, 7), (2, 3, 1)),
    ((2, 1, 4), (1, 3, 4)),
    ((2, 3, 2, 5), (1, 3, 1, 5)),
    ((1, 3, 1, 5), (2, 1, 4, 1)),
    ((1,), (1,)),
]


def broadcast_fields(a: tuple[int, ...], b: tuple[int, ...]) -> dict[str, object]:
    found = strides.broadcast(a, b)
    return {
        "broadcast": None if found is None else asdict(found),
        "count": int(np.prod(np.broadcast_shapes(a, b))),
    }


def binary_case(operator: str, seed: int) -> tuple[Affine, Affine, Affine]:
    rng = np.random.default_rng(seed)
    a = affine(rng)
    b = affine(rng) if operator == "MUL" else near(rng, a.scale, 3)
    typical = a.scale * b.scale * 100 if operator == "MUL" else max(a.scale, b.scale)
    return a, b, near(rng, typical, 2)


@pytest.mark.parametrize("operator", BINARY_S8)
@pytest.mark.parametrize("seed", seeds(30))
def test_binary_s8_on_all_pairs(operator: str, seed: int) -> None:
    a, b, out = binary_case(operator, seed)
    activation = ACTIVATIONS[seed % 4]
    x, y = (np.ascontiguousarray(m) for m in np.meshgrid(EVERY, EVERY, indexing="ij"))
    shape = x.shape
    model = single_operator(
        operator,
        [spec(shape, a), spec(shape, b)],
        [spec(shape, out)],
        fused_activation_function=activation,
    )
    (expected,) = tflm.run(model, x, y)
    actual = np.empty_like(expected)
    fields = asdict(BINARY_S8[operator](a, b, out, activation))
    call(f"{operator.lower()}_s8", fields | broadcast_fields(shape, shape), x, y, actual)
    np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize("operator", ["ADD", "SUB"])
@pytest.mark.parametrize("seed", seeds(20))
def test_weighted_sum_s8_on_all_pairs(operator: str, seed: int) -> None:
    a, b, out = binary_case(operator, seed)
    if seed < 4:  # ties everywhere, rounded away from zero on either side
        a, b, out = Affine(0.25, seed), Affine(0.25, -seed), Affine(0.25 * 2**seed, 5)
    activation = ACTIVATIONS[seed % 4]
    constants = weighted_sum_s8(operator, a, b, out, activation)
    assert constants is not None
    x, y = (np.ascontiguousarray(m) for m in np.meshgrid(EVERY, EVERY, indexing="ij"))
    expected, actual, column = np.empty_like(x), np.empty_like(x), np.empty_like(EVERY)
    rest = broadcast_fields(x.shape, y.shape)
    exact = asdict(elementwise.add_s8(a, b, out, activation))
    call(f"{operator.lower()}_s8", exact | rest, x, y, expected)
    narrow = isinstance(constants, WeightedSumNarrowS8)
    kernel = "weighted_sum_narrow_s8" if narrow else "weighted_sum_s8"
    call(kernel, asdict(constants) | rest, x, y, actual)
    np.testing.assert_array_equal(actual, expected)
    # x[:, 0] holds every a once; with a single b the result is a column of the above.
    call(kernel, asdict(constants) | broadcast_fields((256,), ()), EVERY, EVERY, column)
    np.testing.assert_array_equal(column, expected[:, 0])


def test_weighted_sum_s8_is_nearly_always_exact() -> None:
    cases = [binary_case("ADD", seed) for seed in range(200)]
    found = [weighted_sum_s8("ADD", *case) is not None for case in cases]
    assert sum(found) >= 190
    narrow = [isinstance(weighted_sum_s8("ADD", *case), WeightedSumNarrowS8) for case in cases]
    assert sum(narrow) >= 100


@pytest.mark.parametrize("seed", seeds(30))
def test_mul_rounded_s8_on_all_pairs(seed: int) -> None:
    a, b, out = binary_case("MUL", seed)
    plain = elementwise.mul_s8(a, b, out)
    constants = mul_rounded_s8(plain)
    if constants is None:
        assert plain.shift >= 0 or plain.shift < -22
        return
    x, y = (np.ascontiguousarray(m) for m in np.meshgrid(EVERY, EVERY, indexing="ij"))
    expected, actual = np.empty_like(x), np.empty_like(x)
    rest = broadcast_fields(x.shape, y.shape)
    call("mul_s8", asdict(plain) | rest, x, y, expected)
    call("mul_rounded_s8", asdict(constants) | rest, x, y, actual)
    np.testing.assert_array_equal(actual, expected)


def test_a_product_with_an_activation_is_left_to_mul_s8() -> None:
    one = Affine(0.01, 0)
    assert mul_rounded_s8(elementwise.mul_s8(one, one, one, "NONE")) is not None
    assert mul_rounded_s8(elementwise.mul_s8(one, one, one, "RELU")) is None


def test_weights_that_are_too_large_are_left_to_add_s8() -> None:
    assert weighted_sum_s8("ADD", Affine(1.0, 0), Affine(1.0, 0), Affine(0.1, 0)) is None


@pytest.mark.parametrize(("operator", "shapes"), list(product(BINARY_S8, SHAPES)))
def test_binary_s8_broadcasts(operator: str, shapes: tuple[tuple[int, ...], ...]) -> None:
    rng = np.random.default_rng(len(shapes[0]))
    a, b, out = binary_case(operator, 7)
    for left, right in (shapes, shapes[::-1]):
        x, y = s8(rng, left), s8(rng, right)
        result = np.broadcast_shapes(left, right)
        model = single_operator(operator, [spec(left, a), spec(right, b)], [spec(result, out)])
        (expected,) = tflm.run(model, x, y)
        actual = np.empty_like(expected)
        fields = asdict(BINARY_S8[operator](a, b, out))
        call(f"{operator.lower()}_s8", fields | broadcast_fields(left, right), x, y, actual)
        np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize(("operator", "shapes"), list(product(BINARY_S8, SHAPES)))
def test_binary_f32(operator: str, shapes: tuple[tuple[int, ...], ...]) -> None:
    rng = np.random.default_rng(len(shapes[1]))
    for activation in ACTIVATIONS:
        x, y = f32(rng, shapes[0]), f32(rng, shapes[1])
        result = np.broadcast_shapes(*shapes)
        model = single_operator(
            operator,
            [Spec(shapes[0]), Spec(shapes[1])],
            [Spec(result)],
            fused_activation_function=activation,
        )
        (expected,) = tflm.run(model, x, y)
        actual = np.empty_like(expected)
        low, high = limits_f32(activation)
        fields = {"min": low, "max": high} | broadcast_fields(*shapes)
        call(f"{operator.lower()}_f32", fields, x, y, actual)
        assert_close(actual, expected)


@pytest.mark.parametrize("special", [np.inf, -np.inf, np.nan, 3e38])
@pytest.mark.parametrize("activation", ["NONE", "RELU"])
def test_sums_beyond_the_floats_are_limited_wherever_they_stand(
    special: float, activation: str
) -> None:
    """Four at a time are looked at together, and in place."""
    low, high = limits_f32(activation)
    for place in range(7):
        x, y = np.full((2, 7), -1.5, np.float32), np.full((2, 7), 0.5, np.float32)
        x[1, place], y[1, place] = special, max(special, 0.0)
        with np.errstate(all="ignore"):
            expected = np.clip(x + y, np.float32(low), np.float32(high))
        fields = {"min": low, "max": high} | broadcast_fields(x.shape, y.shape)
        call("add_f32", fields, x, y, x)
        np.testing.assert_array_equal(x, expected)


def test_elementwise_kernels_may_work_in_place() -> None:
    a, b, out = binary_case("ADD", 3)
    rng = np.random.default_rng(3)
    x, y = s8(rng, (1, 64)), s8(rng, (1, 64))
    fields = asdict(elementwise.add_s8(a, b, out)) | broadcast_fields(x.shape, y.shape)
    expected = np.empty_like(x)
    call("add_s8", fields, x, y, expected)
    call("add_s8", fields, x, y, x)
    np.testing.assert_array_equal(x, expected)


def test_too_many_broadcast_axes_are_refused() -> None:
    with pytest.raises(Unsupported, match="broadcast"):
        strides.broadcast((2, 1, 2, 1, 2), (1, 2, 1, 2, 1))
    with pytest.raises(Unsupported, match="do not broadcast"):
        strides.broadcast((2, 3), (2, 4))


@pytest.mark.parametrize("seed", seeds(40))
@pytest.mark.parametrize("operator", ["QUANTIZE", "RELU", "RELU6"])
def test_requantize_s8(operator: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    source = affine(rng, 1e-2 if operator == "RELU6" else 1e-4, 20.0)
    out = source if operator == "RELU6" else near(rng, source.scale, 6)
    x = np.arange(-128, 128).astype(np.int8).reshape(1, 256)
    (expected,) = tflm.run(
        single_operator(operator, [spec(x.shape, source)], [spec(x.shape, out)]), x
    )
    fields = {
        "QUANTIZE": elementwise.requantize_s8,
        "RELU": elementwise.relu_s8,
        "RELU6": lambda source, _: elementwise.relu6_s8(source),
    }[operator](source, out)
    actual = np.empty_like(x)
    call("requantize_s8", {"count": x.size, **asdict(fields)}, x, actual)
    np.testing.assert_array_equal(actual, expected)
    narrow = requantize_narrow_s8(fields)
    if narrow is not None:
        call("requantize_narrow_s8", {"count": x.size, **asdict(narrow)}, x, actual)
        np.testing.assert_array_equal(actual, expected)


def test_requantizing_is_nearly_always_linear() -> None:
    rng = np.random.default_rng(0)
    pairs = [(source, near(rng, source.scale, 1)) for source in (affine(rng) for _ in range(100))]
    found = [requantize_narrow_s8(elementwise.requantize_s8(*pair)) for pair in pairs]
    assert sum(one is not None for one in found) >= 90


@pytest.mark.parametrize("seed", seeds(10))
def test_quantize_f32_s8(seed: int) -> None:
    rng = np.random.default_rng(seed)
    out = affine(rng)
    ties = (np.arange(-300, 300) + 0.5).astype(np.float32) * np.float32(out.scale)
    below_half = np.array([0.49999997, -0.49999997, 1e8, -1e8], np.float32) * np.float32(out.scale)
    random = rng.normal(0.0, 100 * out.scale, 1000).astype(np.float32)
    x = np.concatenate([ties, below_half, random]).reshape(1, -1)
    (expected,) = tflm.run(single_operator("QUANTIZE", [Spec(x.shape)], [spec(x.shape, out)]), x)
    actual = np.empty_like(expected)
    fields = {"count": x.size, "scale": out.scale, "zero_point": out.zero_point}
    call("quantize_f32_s8", fields, x, actual)
    np.testing.assert_array_equal(actual, expected)


def test_quantize_f32_s8_of_values_that_are_no_numbers() -> None:
    x = np.array([np.nan, np.inf, -np.inf, 3e38, -3e38], np.float32)
    actual = np.empty(5, np.int8)
    call("quantize_f32_s8", {"count": 5, "scale": 0.5, "zero_point": 3}, x, actual)
    assert actual.tolist() == [-128, 127, -128, 127, -128]


def test_dequantize_s8_f32() -> None:
    source = affine(np.random.default_rng(0))
    x = np.arange(-128, 128).astype(np.int8).reshape(1, 256)
    (expected,) = tflm.run(
        single_operator("DEQUANTIZE", [spec(x.shape, source)], [Spec(x.shape)]), x
    )
    actual = np.empty_like(expected)
    fields = {"count": 256, "scale": source.scale, "zero_point": source.zero_point}
    call("dequantize_s8_f32", fields, x, actual)
    np.testing.assert_array_equal(actual, expected)


CASTS = [("float32", "int32"), ("int32", "float32"), ("int8", "int32"), ("int8", "float32")]
SHORT = {"float32": "f32", "int32": "s32", "int8": "s8"}


@pytest.mark.parametrize(("source", "target"), CASTS)
def test_cast(source: str, target: str) -> None:
    values = [0, 1, -1, 100, -100] + ([0.9, -0.9, 2e9, -2e9] if source == "float32" else [])
    x = np.array([values], source)
    model = single_operator(
        "CAST",
        [Spec(x.shape, source)],
        [Spec(x.shape, target)],
        in_data_type=source,
        out_data_type=target,
    )
    (expected,) = tflm.run(model, x)
    actual = np.empty_like(expected)
    call(f"cast_{SHORT[source]}_{SHORT[target]}", {"count": x.size}, x, actual)
    np.testing.assert_array_equal(actual, expected)


def test_cast_of_floats_outside_of_int32_saturates() -> None:
    x = np.array([np.nan, np.inf, -np.inf, 2.0**31, -(2.0**31), 3e38], np.float32)
    actual = np.empty(6, np.int32)
    call("cast_f32_s32", {"count": 6}, x, actual)
    high, low = 2**31 - 1, -(2**31)
    assert actual.tolist() == [0, high, low, high, low, high]


@pytest.mark.parametrize(("operator", "low", "high"), [("RELU", 0.0, None), ("RELU6", 0.0, 6.0)])
def test_clamp_f32(operator: str, low: float, high: float | None) -> None:
    x = f32(np.random.default_rng(0), (1, 500)) * 4
    (expected,) = tflm.run(single_operator(operator, [Spec(x.shape)], [Spec(x.shape)]), x)
    actual = np.empty_like(x)
    limit = limits_f32("RELU")[1] if high is None else high
    call("clamp_f32", {"count": x.size, "min": low, "max": limit}, x, actual)
    np.testing.assert_array_equal(actual, expected)
