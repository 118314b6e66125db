"""TANH, LOGISTIC, SOFTMAX, MEAN and tables: the C kernels beside real TFLM."""

from __future__ import annotations

import math
from dataclasses import asdict

import numpy as np
import pytest
import tflm
from kernel_cases import affine, assert_close, f32, near, s8, seeds, spec
from kernel_library import call
from tflite_builder import Spec, single_operator

from hilbench.core.errors import Unsupported
from hilbench.engines.aot.lower import lower
from hilbench.engines.aot.numerics import mean, softmax, tanh
from hilbench.engines.aot.numerics.affine import Affine
from hilbench.engines.aot.numerics.elementwise import add_s8
from hilbench.engines.aot.numerics.weighted_sum import WeightedSumNarrowS8, weighted_sum_s8
from hilbench.engines.aot.program import Call
from hilbench.tflite.reader import parse

OUTPUTS = {"TANH": Affine(1 / 128, 0), "LOGISTIC": Affine(1 / 256, -128)}
EVERY = np.arange(-128, 128).astype(np.int8).reshape(1, 256)


@pytest.mark.parametrize("operator", OUTPUTS)
@pytest.mark.parametrize("seed", seeds(150))
def test_tanh_s8_on_every_input(operator: str, seed: int) -> None:
    source = affine(np.random.default_rng(seed), 1e-5, 1.5)
    if seed == 0:
        source = Affine(12.0, 3)  # TFLM takes even the zero point for far away
    out = OUTPUTS[operator]
    model = single_operator(operator, [spec((1, 256), source)], [spec((1, 256), out)])
    (expected,) = tflm.run(model, EVERY)
    actual = np.empty_like(EVERY)
    constants = tanh.tanh_s8(operator, source, out)
    if constants is None:
        table = tanh.outputs_s8(operator, source, out)
        call("lut_s8", {"table": table, "count": 256}, EVERY, actual)
    else:
        fields = {"table": vars(tanh.Curve().table()), "count": 256, **asdict(constants)}
        call("tanh_s8", fields, EVERY, actual)
    np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize("operator", OUTPUTS)
@pytest.mark.parametrize("seed", seeds(6))
def test_tanh_of_a_sum_on_all_pairs(operator: str, seed: int) -> None:
    """Both kernels are those of the two operators, one behind the other."""
    a, b, source = Affine(0.04, -seed), Affine(0.03 + seed / 997, 7), Affine(0.05, 3)
    curve = tanh.tanh_s8(operator, source, OUTPUTS[operator])
    weights = weighted_sum_s8("ADD", a, b, source)
    assert curve is not None
    x, y = (np.ascontiguousarray(m) for m in np.meshgrid(EVERY, EVERY, indexing="ij"))
    between, expected, actual = np.empty_like(x), np.empty_like(x), np.empty_like(x)
    plain = asdict(add_s8(a, b, source, "NONE")) | {"broadcast": None, "count": x.size}
    last = {"table": vars(tanh.Curve().table()), "count": x.size, **asdict(curve)}
    call("add_s8", plain, x, y, between)
    call("tanh_s8", last, between, expected)
    outputs = tanh.outputs_s8(operator, source, OUTPUTS[operator])
    call("lut_of_add_s8", {"sum": plain, "table": outputs}, x, y, actual)
    np.testing.assert_array_equal(actual, expected)
    assert isinstance(weights, WeightedSumNarrowS8)
    actual.fill(0)
    call("tanh_of_sum_s8", last | asdict(weights), x, y, actual)
    np.testing.assert_array_equal(actual, expected)


# Of TANH itself, and of a QUANTIZE behind it.
CURVES = [
    tanh.Curve(),
    tanh.Curve(tuple(np.clip(np.round(np.arange(-128, 128) * 0.9981) - 1, -128, 127).astype(int))),
    tanh.Curve(tuple(np.round(np.arange(-128, 128) * 0.3).astype(int) + 40)),
]


@pytest.mark.parametrize("curve", CURVES)
def test_tanh_cells_contain_at_most_one_step(curve: tanh.Curve) -> None:
    """What tanh_s8 relies on; the outermost cells, which are also all beyond, have none."""
    cells = curve.table().cells.astype(int)
    outputs = cells >> tanh.STEP_BITS
    assert set(np.diff(outputs)) <= {0, 1}
    assert outputs[0] == curve.then[0] and outputs[-1] == curve.then[-1]
    assert not cells[0] & 255 and not cells[-1] & 255


@pytest.mark.parametrize("curve", CURVES[1:])
@pytest.mark.parametrize("operator", OUTPUTS)
def test_a_curve_of_tanh_is_what_both_are(operator: str, curve: tanh.Curve) -> None:
    assert curve.has_table
    for source in (Affine(0.0211, 3), Affine(0.0923, -128), Affine(0.31, 127)):
        expected = curve.of(tanh.outputs_s8(operator, source, OUTPUTS[operator]))
        constants = tanh.tanh_s8(operator, source, OUTPUTS[operator], curve)
        assert constants is not None
        actual = np.empty_like(EVERY)
        fields = {"table": vars(curve.table()), "count": 256, **asdict(constants)}
        call("tanh_s8", fields, EVERY, actual)
        np.testing.assert_array_equal(actual[0], expected)


def test_a_curve_that_falls_or_jumps_has_no_table() -> None:
    assert not tanh.Curve(tuple(range(127, -129, -1))).has_table
    assert not tanh.Curve(tuple(np.arange(-128, 128).clip(-60, 60) * 2)).has_table


def test_tanh_s8_has_constants_for_nearly_all_scales() -> None:
    rng = np.random.default_rng(0)
    scales = np.exp(rng.uniform(np.log(0.005), np.log(0.4), 300)).astype(np.float32)
    sources = [Affine(float(scale), int(rng.integers(-60, 60))) for scale in scales]
    found = [tanh.tanh_s8("TANH", source, OUTPUTS["TANH"]) for source in sources]
    assert sum(one is not None for one in found) >= 295


@pytest.mark.parametrize("operator", OUTPUTS)
def test_tanh_with_another_output_scale_is_refused(operator: str) -> None:
    with pytest.raises(Unsupported, match="output scale"):
        tanh.tanh_s8(operator, Affine(0.01, 0), Affine(1 / 64, 0))


@pytest.mark.parametrize("operator", OUTPUTS)
def test_tanh_and_logistic_f32(operator: str) -> None:
    special = np.array([0.0, 1e-7, -1e-7, 1e-3, 20.0, -20.0, 90.0, -80.0, 1e30, -1e30])
    x = np.concatenate([f32(np.random.default_rng(0), (500,)) * 3, special]).astype(np.float32)
    x = x.reshape(1, -1)
    actual = np.empty_like(x)
    call(f"{operator.lower()}_f32", {"count": x.size}, x, actual)
    exact = np.tanh(x.astype(float))
    if operator == "LOGISTIC":
        exact = 1 / (1 + np.exp(-x.clip(-80).astype(float)))
        actual = np.where(x < -80, exact, actual)
    np.testing.assert_allclose(actual, exact, rtol=1e-5)
    # TFLM takes exp(x) for logistic(x) below x = -9: 1e-4 off relatively, 1e-8 absolutely.
    (expected,) = tflm.run(single_operator(operator, [Spec(x.shape)], [Spec(x.shape)]), x)
    np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=2e-8)


@pytest.mark.parametrize("operator", OUTPUTS)
def test_tanh_and_logistic_f32_of_floats_of_all_sizes(operator: str) -> None:
    bits = np.arange(0, 1 << 32, 1021, dtype=np.uint64).astype(np.uint32)
    x = bits.view(np.float32)
    x = np.concatenate([x[np.isfinite(x)], np.linspace(-20, 20, 1_000_001)]).astype(np.float32)
    actual = np.empty_like(x)
    call(f"{operator.lower()}_f32", {"count": x.size}, x, actual)
    wide = x.astype(float)
    if operator == "TANH":
        np.testing.assert_allclose(actual, np.tanh(wide), rtol=2e-7, atol=1e-38)
    else:
        small = np.exp(np.minimum(wide, 0))
        exact = np.where(wide < 0, small, 1) / (1 + np.exp(-np.abs(wide)))
        np.testing.assert_allclose(actual, exact, rtol=2e-7, atol=2e-38)
    assert np.abs(actual).max() <= 1


@pytest.mark.parametrize("operator", OUTPUTS)
def test_tanh_and_logistic_f32_of_what_is_no_number(operator: str) -> None:
    x = np.array([np.nan, -np.nan, np.inf, -np.inf], np.float32)
    actual = np.empty_like(x)
    call(f"{operator.lower()}_f32", {"count": x.size}, x, actual)
    least = -1 if operator == "TANH" else 0
    np.testing.assert_array_equal(actual, [np.nan, np.nan, 1, least])


SWEPT = {
    "exp_f32": (np.exp, -103.9, 88.722),
    "log_f32": (np.log, 0.0, 3.4e38),
    "elu_f32": (np.expm1, -200.0, -1e-37),
    "tanh_f32": (np.tanh, -200.0, 200.0),
    "sin_f32": (np.sin, -3.4e38, 3.4e38),
    "cos_f32": (np.cos, -3.4e38, 3.4e38),
}


@pytest.mark.parametrize("kernel", SWEPT)
def test_functions_without_the_c_library_are_within_2e_7(kernel: str) -> None:
    """Every 4093rd float there is; below 1.2e-38 floats have fewer digits."""
    function, low, high = SWEPT[kernel]
    x = np.arange(0, 1 << 32, 4093, dtype=np.uint64).astype(np.uint32).view(np.float32)
    x = x[(x > np.float32(low)) & (x <= np.float32(high))]
    actual = np.empty_like(x)
    call(kernel, {"count": x.size}, x, actual)
    np.testing.assert_allclose(actual, function(x.astype(float)), rtol=2e-7, atol=2.8e-45)


@pytest.mark.parametrize("kernel", ["sin_f32", "cos_f32"])
def test_sin_and_cos_next_to_their_zeros_are_within_2e_7(kernel: str) -> None:
    """Floats next to multiples of a quarter turn, and the one that is nearest to one of all."""
    near = (np.arange(1, 100_000) * np.pi / 2).astype(np.float32)
    x = np.concatenate([near, -near, np.float32([16367173 * 2.0**72])])
    actual = np.empty_like(x)
    call(kernel, {"count": x.size}, x, actual)
    expected = getattr(np, kernel.removesuffix("_f32"))(x.astype(float))
    np.testing.assert_allclose(actual, expected, rtol=2e-7)


EXACT = {"floor_f32": np.floor, "ceil_f32": np.ceil, "round_f32": np.rint, "sqrt_f32": np.sqrt}


@pytest.mark.parametrize("kernel", EXACT)
def test_rounding_and_roots_are_exact_and_zeros_keep_their_sign(kernel: str) -> None:
    """Every 4093rd float there is, what is no number and infinities among them, and halves."""
    x = np.arange(0, 1 << 32, 4093, dtype=np.uint64).astype(np.uint32).view(np.float32)
    halves = np.arange(-1000, 1000, dtype=np.float32) / 2
    x = np.concatenate([x, halves, np.float32([np.inf, -np.inf, 0.0, -0.0, 8388607.5, -8388608.5])])
    actual = np.empty_like(x)
    call(kernel, {"count": x.size}, x, actual)
    with np.errstate(invalid="ignore"):
        expected = EXACT[kernel](x)
    np.testing.assert_array_equal(actual, expected)
    number = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(actual[number]), np.signbit(expected[number]))


def test_floor_mod_f32_is_exact() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 1 << 32, (2, 100_000)).astype(np.uint32).view(np.float32)
    a[::3], b[::3] = rng.uniform(-100, 100, a[::3].size), rng.uniform(-10, 10, b[::3].size)
    few = np.float32(
        [0.0, -0.0, 1, -1, 0.3, 3.4e38, -3.4e38, 1e-45, -1e-45, np.inf, -np.inf, np.nan]
    )
    pairs = np.meshgrid(few, few)
    a, b = (np.concatenate([many, some.ravel()]) for many, some in zip((a, b), pairs, strict=True))
    actual = np.empty_like(a)
    call("floor_mod_f32", {"broadcast": None, "count": a.size}, a, b, actual)
    with np.errstate(all="ignore"):
        rest = np.fmod(a, b)
        expected = np.where((rest != 0) & ((rest < 0) != (b < 0)), rest + b, rest)
    np.testing.assert_array_equal(actual, expected)


def test_gelu_f32_is_within_2e_7() -> None:
    """Of its input, and of 1 below that."""
    x = np.linspace(-12, 12, 50_001).astype(np.float32)
    x = np.concatenate([x, np.float32([1e-40, -1e-40, 3e38, -3e38])])
    actual = np.empty_like(x)
    call("gelu_f32", {"count": x.size, "approximate": 0}, x, actual)
    expected = [value / 2 * (1 + math.erf(value / math.sqrt(2))) for value in x.tolist()]
    off = np.abs(actual - expected) / np.maximum(1, np.abs(x))
    assert off.max() < 2e-7


def test_functions_of_infinities_and_of_what_is_no_number() -> None:
    inf, nan = np.inf, np.nan
    x = np.array([nan, inf, -inf, 89.0, -104.5, 0.0, -0.0, -1.0], np.float32)
    wanted = {
        "exp_f32": [nan, inf, 0, inf, 0, 1, 1, np.exp(np.float32(-1))],
        "log_f32": [nan, inf, nan, np.log(np.float32(89)), nan, -inf, -inf, nan],
        "elu_f32": [nan, inf, -1, 89, -1, 0, 0, np.expm1(np.float32(-1))],
        "sin_f32": [nan, nan, nan, *np.sin([89.0, -104.5, 0.0, -0.0, -1.0])],
        "cos_f32": [nan, nan, nan, *np.cos([89.0, -104.5, 0.0, -0.0, -1.0])],
    }
    for kernel, expected in wanted.items():
        actual = np.empty_like(x)
        call(kernel, {"count": x.size}, x, actual)
        np.testing.assert_allclose(actual, expected, rtol=2e-7, err_msg=kernel)


def test_pow_f32_is_within_2e_6_and_as_c11_has_it() -> None:
    rng = np.random.default_rng(0)
    a = rng.integers(1, 0x7F800000, 100_000).astype(np.uint32).view(np.float32)
    a[::2] = rng.uniform(0.5, 1.5, a[::2].size)
    b = (rng.uniform(-1, 1, a.size) * 87 / (np.abs(np.log(a.astype(float))) + 1e-6)).astype("f4")
    actual = np.empty_like(a)
    call("pow_f32", {"broadcast": None, "count": a.size}, a, b, actual)
    np.testing.assert_allclose(actual, a.astype(float) ** b.astype(float), rtol=2e-6)
    few = [0.0, -0.0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, 2.5, np.inf, -np.inf, np.nan, 1e38, -1e38]
    few += [1e-40, -1e-40, 2**24, 2**24 - 1, 3e9, -3e9, -7]
    a, b = (side.ravel().copy() for side in np.meshgrid(*[np.array(few, np.float32)] * 2))
    actual = np.empty_like(a)
    call("pow_f32", {"broadcast": None, "count": a.size}, a, b, actual)
    with np.errstate(all="ignore"):
        expected = np.power(a, b)
    np.testing.assert_allclose(actual, expected, rtol=2e-6, atol=2.8e-45)
    np.testing.assert_array_equal(
        np.signbit(actual[actual == 0]), np.signbit(expected[actual == 0])
    )


@pytest.mark.parametrize("seed", seeds(60))
def test_softmax_s8(seed: int) -> None:
    rng = np.random.default_rng(seed)
    source, out = affine(rng, 1e-4, 3.0), Affine(1 / 256, -128)
    beta = float(rng.choice([1.0, 0.5, 2.0]))
    rows, depth = [(1, 2), (3, 10), (100, 65), (2, 500), (4, 1)][seed % 5]
    x = s8(rng, (rows, depth))
    x[0] = x[0, 0]
    model = single_operator("SOFTMAX", [spec(x.shape, source)], [spec(x.shape, out)], beta=beta)
    (expected,) = tflm.run(model, x)
    actual = np.empty_like(x)
    fields = {"exps": softmax.exps_s8(source, out, beta), "rows": rows, "depth": depth}
    call("softmax_s8", fields, x, actual)
    np.testing.assert_array_equal(actual, expected)


def test_log_softmax_s8() -> None:
    for seed in range(25):
        rng = np.random.default_rng(seed)
        source, out = affine(rng, 1e-4, 8.0), Affine(1 / 16, 127)
        x = s8(rng, [(1, 2), (3, 10), (100, 65), (2, 500), (4, 1)][seed % 5])
        x[0] = x[0, 0]
        model = single_operator("LOG_SOFTMAX", [spec(x.shape, source)], [spec(x.shape, out)])
        (expected,) = tflm.run(model, x)
        actual = np.empty_like(x)
        fields = {"exps": softmax.exps_of_differences(source, 1.0)}
        fields |= {"rows": x.shape[0], "columns": x.shape[1]}
        call("log_softmax_s8", fields | vars(softmax.log_softmax_s8(source, out)), x, actual)
        np.testing.assert_array_equal(actual, expected)


def test_softmax_s8_of_thousands_of_equal_inputs_is_defined() -> None:
    x = np.zeros((1, 4000), np.int8)
    actual = np.empty_like(x)
    exps = softmax.exps_s8(Affine(0.1, 0), Affine(1 / 256, -128), 1.0)
    call("softmax_s8", {"exps": exps, "rows": 1, "depth": 4000}, x, actual)
    assert set(actual.ravel().tolist()) == {-128}


@pytest.mark.parametrize("beta", [1.0, 0.3])
def test_softmax_f32(beta: float) -> None:
    x = f32(np.random.default_rng(0), (7, 65)) * 10
    model = single_operator("SOFTMAX", [Spec(x.shape)], [Spec(x.shape)], beta=beta)
    (expected,) = tflm.run(model, x)
    actual = np.empty_like(x)
    call("softmax_f32", {"rows": 7, "depth": 65, "beta": beta}, x, actual)
    assert_close(actual, expected)


MEANS = [
    ((2, 5, 7, 3), (1, 2), True),
    ((2, 5, 7, 3), (2, 1), False),
    ((1, 4, 4, 8), (1, 2), False),
    ((2, 3, 4, 5), (0, 2), False),
    ((2, 3, 4, 5), (-1,), True),
    ((3, 40), (0, 1), False),
    ((6,), (0,), True),
]


@pytest.mark.parametrize(("shape", "axes", "keep"), MEANS)
@pytest.mark.parametrize("dtype", ["int8", "float32"])
def test_mean(shape: tuple[int, ...], axes: tuple[int, ...], keep: bool, dtype: str) -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        x = s8(rng, shape) if dtype == "int8" else f32(rng, shape)
        out_shape = x.astype(float).mean(axis=axes, keepdims=keep).shape
        split = mean.mean_axes(shape, axes)
        fields: dict[str, object] = {"axes": asdict(split)}
        source = affine(rng)
        out = near(rng, source.scale, 2)
        specs = (Spec(shape), Spec(out_shape))
        if dtype == "int8":
            specs = (spec(shape, source), spec(out_shape, out))
            fields |= asdict(mean.mean_s8(source, out, split.count))
        axis_spec = Spec((len(axes),), "int32", data=np.array(axes, np.int32))
        model = single_operator("MEAN", [specs[0], axis_spec], [specs[1]], keep_dims=keep)
        (expected,) = tflm.run(model, x)
        actual = np.empty_like(expected)
        call("mean_s8" if dtype == "int8" else "mean_f32", fields, x, actual)
        if dtype == "int8":
            np.testing.assert_array_equal(actual, expected)
        else:
            assert_close(actual, expected)


def test_cumsum_s8_of_long_axes() -> None:
    """As TFLM does it while its sums stay inside of 32 bits, and right where they do not."""
    rng = np.random.default_rng(3)
    axis = Spec((), "int32", data=np.array(1, np.int32))
    for least, length, is_tflm_right in ((-4, 900, True), (-128, 900, False), (0, 20_000, False)):
        x = rng.integers(least, 4, (2, length)).astype(np.int8)
        source, out = Affine(0.05, 1), Affine(0.05 * length / 64, -3)
        model = single_operator("CUMSUM", [spec(x.shape, source), axis], [spec(x.shape, out)])
        (step,) = lower(parse(model))
        assert isinstance(step, Call)
        actual = np.empty_like(x)
        call("cumsum_s8", step.params.fields, x, actual)
        sums = np.cumsum(x.astype(np.int64) - source.zero_point, axis=1) - source.zero_point
        real = sums * source.scale / out.scale + out.zero_point
        np.testing.assert_allclose(actual, np.clip(real, -128, 127), atol=0.51)
        if is_tflm_right:
            np.testing.assert_array_equal(actual, tflm.run(model, x)[0])
