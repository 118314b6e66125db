"""Each operator in a graph of its own, compiled for the host, beside TensorFlow Lite Micro.

int8 is bit-identical and float within 1e-5 where TFLM has the operator; what TFLM lacks is
compared with numpy.
"""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

import aot_host
import numpy as np
import pytest
from kernel_cases import affine, near
from operator_cases import (
    ARGS,
    BINARY,
    MATRICES,
    MOVES,
    OTHERS,
    REDUCED,
    RESIZED,
    SIXTEEN_BITS,
    SPREADS,
    UNARY,
    Case,
    ints,
)
from tflite_builder import Op, Spec, model, single_operator

from hilbench.engines.aot.numerics.affine import Affine

Rng = np.random.Generator


def runs(cases: list[Case]) -> list[Any]:
    return [pytest.param(c, t, id=f"{c}-{t}") for c in cases for t in c.types]


def quantized(shape: tuple[int, ...], scale: Affine) -> Spec:
    return Spec(shape, "int8", scale.scale, scale.zero_point)


def specs(case: Case, dtype: str, rng: Rng) -> tuple[list[Spec], list[Spec]]:
    """Inputs and the output, with scales that fit each other."""
    constants = [Spec(c.shape, c.dtype.name, data=c) for c in case.constants]
    if dtype == "int16":
        inputs, output = sixteen_bits(case, rng)
        return [*inputs, *constants], [output]
    if dtype != "int8":
        inputs = [Spec(shape, dtype) for shape in case.shapes]
        return [*inputs, *constants], [Spec(case.out, case.out_type or dtype)]
    scales = [affine(rng, 0.01, 0.05) for _ in case.shapes]
    if case.same_scale:
        scales = scales[:1] * len(scales)
    if case.positive:
        scales = [Affine(scale.scale, -128) for scale in scales]
    target = scales[0] if case.same_scale else near(rng, scales[0].scale, 1.0)
    inputs = [quantized(s, a) for s, a in zip(case.shapes, scales, strict=True)]
    out = Spec(case.out, case.out_type) if case.out_type else quantized(case.out, target)
    return [*inputs, *constants], [out]


def sixteen_bits(case: Case, rng: Rng) -> tuple[list[Spec], Spec]:
    """Zero points are 0; products of two have the range of an int16 as well."""
    scales = [affine(rng, 5e-5, 2e-4).scale for _ in case.shapes]
    if case.same_scale:
        scales = scales[:1] * len(scales)
    target = scales[0]
    if case.name in ("SQUARED_DIFFERENCE", "BATCH_MATMUL"):
        target = near(rng, 2.0**17 * max(scales) ** 2, 1.0).scale
    elif case.positive:
        target = near(rng, 1 / (2000 * scales[0] ** 0.5), 1.0).scale
    elif not case.same_scale:
        target = near(rng, target, 1.0).scale
    inputs = [Spec(shape, "int16", s) for shape, s in zip(case.shapes, scales, strict=True)]
    return inputs, Spec(case.out, "int16", target)


@pytest.mark.parametrize(
    ("case", "dtype"),
    runs([*UNARY, *REDUCED, *ARGS, *MOVES, *BINARY, *RESIZED, *MATRICES, *SIXTEEN_BITS, *OTHERS]),
)
def test_results_are_those_of_tflm(case: Case, dtype: str, tmp_path: Path) -> None:
    copies = 1 if dtype == "float32" else 3
    model = aot_host.build(side_by_side(case, dtype, copies), tmp_path)
    samples = model.random_samples(20)
    if case.positive and dtype == "float32":
        samples = [[np.abs(x) + np.float32(0.01) for x in sample] for sample in samples]
    if case.positive and dtype == "int16":
        samples = [[np.maximum(x, -x - 1) for x in sample] for sample in samples]
    if (case.name, dtype) == ("DIV", "int8"):  # by zero TFLM gives what the machine gives
        samples = [[np.maximum(x, -127) for x in sample] for sample in samples]
    if case.name == "ONE_HOT":
        samples = [[x % 7 - 1 for x in sample] for sample in samples]
    if case.reference is None:
        aot_host.assert_matches(model, samples)
        return
    count = len(case.shapes)
    for sample, outputs in zip(samples, model.run(samples), strict=True):
        for copy, ours in enumerate(outputs):
            wanted = case.reference(*sample[copy * count : (copy + 1) * count])
            np.testing.assert_allclose(ours, wanted, rtol=1e-6)


def side_by_side(case: Case, dtype: str, copies: int) -> bytes:
    """A graph of the operator so many times, each with inputs and scales of its own."""
    rng = np.random.default_rng(1)
    tensors: list[Spec] = []
    operators, given, made = [], [], []
    for _ in range(copies):
        inputs, outputs = specs(case, dtype, rng)
        first, last = len(tensors), len(tensors) + len(inputs)
        tensors += [*inputs, *outputs]
        operators.append(Op(case.name, range(first, last), range(last, len(tensors)), case.options))
        given += range(first, first + len(case.shapes))
        made += range(last, len(tensors))
    return model(tensors, operators, given, made)


@pytest.mark.parametrize("zero_point", [-128, 0, 9, None])
def test_a_border_of_batches_is_zero(zero_point: int | None, tmp_path: Path) -> None:
    """As in TensorFlow Lite; of floats where there is no zero point.

    TFLM takes it from memory that nobody wrote: another one each time.
    """
    for number, (out, block, border) in enumerate(SPREADS):
        source, target = (
            Spec(s) if zero_point is None else Spec(s, "int8", 0.05, zero_point)
            for s in ((2, 3, 4, 5), out)
        )
        constants = [Spec(a.shape, "int32", data=a) for a in (ints(*block), border)]
        folder = tmp_path / str(number)
        folder.mkdir()
        data = single_operator("SPACE_TO_BATCH_ND", [source, *constants], [target])
        model = aot_host.build(data, folder)
        samples = model.random_samples(20)
        for (x,), (ours,) in zip(samples, model.run(samples), strict=True):
            wide = np.pad(x, ((0, 0), *border, (0, 0)), constant_values=zero_point or 0)
            b, h, w, c = wide.shape
            cut = wide.reshape(b, h // block[0], block[0], w // block[1], block[1], c)
            np.testing.assert_array_equal(ours, cut.transpose(2, 4, 0, 1, 3, 5).reshape(out))


@pytest.mark.parametrize("zero_point", [-128, 0, 40])
def test_int8_rows_of_length_one(zero_point: int, tmp_path: Path) -> None:
    source = Spec((5, 33), "int8", 0.02, zero_point)
    data = single_operator("L2_NORMALIZATION", [source], [Spec((5, 33), "int8", 1 / 128)])
    model = aot_host.build(data, tmp_path)
    samples = model.random_samples(50)
    samples.append([np.full((5, 33), zero_point, np.int8)])
    aot_host.assert_matches(model, samples)


@pytest.mark.parametrize("types", [("uint8", "int8"), ("int8", "uint8")], ids="-to-".join)
def test_bytes_with_and_without_sign(types: tuple[str, str], tmp_path: Path) -> None:
    for number, (scale, zero_point) in enumerate(((0.1, 5), (0.05, 0), (0.23, 100))):
        folder = tmp_path / str(number)
        folder.mkdir()
        data = single_operator(
            "QUANTIZE",
            [Spec((1, 256), types[0], 0.1, 3)],
            [Spec((1, 256), types[1], scale, zero_point)],
        )
        model = aot_host.build(data, folder)
        every = np.arange(256, dtype=np.uint8).view(types[0])[None]
        aot_host.assert_matches(model, [[every]])


@pytest.mark.parametrize(
    ("name", "types"), [("QUANTIZE", ("float32", "uint8")), ("DEQUANTIZE", ("uint8", "float32"))]
)
def test_real_numbers_and_unsigned_bytes(name: str, types: tuple[str, str], tmp_path: Path) -> None:
    specs = [Spec((1, 300), t, *((0.013, 77) if t == "uint8" else ())) for t in types]
    model = aot_host.build(single_operator(name, specs[:1], specs[1:]), tmp_path)
    samples = model.random_samples(10)
    if name == "QUANTIZE":  # TFLM has no such kernel
        for (x,), (ours,) in zip(samples, model.run(samples), strict=True):
            exact = np.clip(np.rint(x.astype(np.float64) / np.float32(0.013)) + 77, 0, 255)
            assert np.abs(ours - exact).max() <= 1
        return
    for (x,), (ours,) in zip(samples, model.run(samples), strict=True):
        np.testing.assert_allclose(ours, (x.astype(np.float32) - 77) * np.float32(0.013), rtol=1e-6)


def transposed_convolution(dtype: str, padding: str) -> bytes:
    rng = np.random.default_rng(3)
    out = (1, 6, 8, 3) if padding == "SAME" else (1, 7, 9, 3)
    shape = Spec((4,), "int32", data=np.array(out, np.int32))
    raw = rng.integers(-127, 128, (3, 3, 3, 2))
    if dtype == "float32":
        weights = Spec(raw.shape, data=(raw * 0.01).astype(np.float32))
        source, target = Spec((1, 3, 4, 2)), Spec(out)
        bias = Spec((3,), data=rng.normal(0, 1, 3).astype(np.float32))
    else:
        scales = [0.01, 0.02, 0.005]
        weights = Spec(raw.shape, "int8", scales, data=raw.astype(np.int8))
        source, target = Spec((1, 3, 4, 2), "int8", 0.03, 7), Spec(out, "int8", 0.2, -11)
        bias = Spec(
            (3,),
            "int32",
            [s * 0.03 for s in scales],
            data=rng.integers(-900, 900, 3).astype(np.int32),
        )
    return single_operator(
        "TRANSPOSE_CONV",
        [shape, weights, source, bias],
        [target],
        padding=padding,
        stride_w=2,
        stride_h=2,
    )


@pytest.mark.parametrize("dtype", ["float32", "int8"])
@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_transposed_convolution(dtype: str, padding: str, tmp_path: Path) -> None:
    model = aot_host.build(transposed_convolution(dtype, padding), tmp_path)
    aot_host.assert_matches(model, model.random_samples(20))


def svdf(dtype: str) -> bytes:
    rng = np.random.default_rng(4)
    filters, features, memory, rank = 6, 5, 4, 2
    feature, time = (
        rng.integers(-127, 128, (filters, features)),
        rng.integers(-900, 900, (filters, memory)),
    )
    bias = rng.integers(-900, 900, filters // rank)
    if dtype == "float32":
        inputs = [
            Spec((1, features)),
            Spec(feature.shape, data=(feature * 0.01).astype(np.float32)),
            Spec(time.shape, data=(time * 0.001).astype(np.float32)),
            Spec(bias.shape, data=(bias * 0.001).astype(np.float32)),
            Spec((1, filters * memory), variable=True),
        ]
        out = Spec((1, filters // rank))
    else:
        inputs = [
            Spec((1, features), "int8", 0.03, 4),
            Spec(feature.shape, "int8", 0.01, data=feature.astype(np.int8)),
            Spec(time.shape, "int16", 0.001, data=time.astype(np.int16)),
            Spec(bias.shape, "int32", 0.001 * 0.0001, data=bias.astype(np.int32)),
            Spec((1, filters * memory), "int16", 0.0001, variable=True),
        ]
        out = Spec((1, filters // rank), "int8", 0.01, -20)
    return single_operator("SVDF", inputs, [out], rank=rank, fused_activation_function="RELU")


@pytest.mark.parametrize("dtype", ["float32", "int8"])
def test_svdf_remembers_steps(dtype: str, tmp_path: Path) -> None:
    """After a reset two invocations with the same input, as the driver does them."""
    data = svdf(dtype)
    model = aot_host.build(data, tmp_path)
    runtime = aot_host.tflite_micro_runtime()
    samples = model.random_samples(10)
    for (x,), (ours,) in zip(samples, model.run(samples), strict=True):
        interpreter = runtime.Interpreter.from_bytes(data)
        for _ in range(2):
            interpreter.set_input(x, 0)
            interpreter.invoke()
        np.testing.assert_allclose(ours, interpreter.get_output(0), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("factor", [0.2, 0.3, 0.07, 1.7])
def test_sums_are_rounded_twice(factor: float, tmp_path: Path) -> None:
    """Every sum that three values can have, at scales where rounding once gives another one."""
    value = np.arange(-384, 382)
    rows = np.stack([(value + n) // 3 for n in range(3)], axis=1).astype(np.int8)[None]
    source = Spec(rows.shape, "int8", 0.1, 7)
    out = Spec(rows.shape[:2], "int8", float(np.float32(0.1 / factor)), -3)
    axis = Spec((1,), "int32", data=ints(2))
    model = aot_host.build(single_operator("SUM", [source, axis], [out]), tmp_path)
    aot_host.assert_matches(model, [[rows]])


@pytest.mark.parametrize("dtype", ["float32", "int8"])
@pytest.mark.parametrize("channels", [(4, 2, 6), (3, 1, 6), (6, 2, 3)], ids=str)
def test_convolution_in_groups(dtype: str, channels: tuple[int, int, int], tmp_path: Path) -> None:
    """(channels in, of a group, out); a group of one channel is a depthwise convolution."""
    given, of_group, outputs = channels
    rng = np.random.default_rng(7)
    raw = rng.integers(-127, 128, (outputs, 3, 2, of_group))
    biases = rng.integers(-900, 900, outputs)
    source, target = (1, 5, 4, given), (1, 5, 4, outputs)
    specs = [
        Spec(source),
        Spec(raw.shape, data=(raw * 0.01).astype(np.float32)),
        Spec(biases.shape, data=(biases * 0.001).astype(np.float32)),
        Spec(target),
    ]
    if dtype == "int8":
        scales = [0.01 * (1 + n / 7) for n in range(outputs)]
        specs = [
            Spec(source, "int8", 0.03, 7),
            Spec(raw.shape, "int8", scales, data=raw.astype(np.int8)),
            Spec(biases.shape, "int32", [s * 0.03 for s in scales], data=biases.astype(np.int32)),
            Spec(target, "int8", 0.1, -11),
        ]
    data = single_operator("CONV_2D", specs[:3], specs[3:], stride_w=1, stride_h=1)
    model = aot_host.build(data, tmp_path)
    aot_host.assert_matches(model, model.random_samples(20))


@pytest.mark.parametrize("name", ["FULLY_CONNECTED", "CONV_2D"])
def test_weights_of_four_bits(name: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    convolves = name == "CONV_2D"
    shape = (3, 3, 1, 5) if convolves else (3, 15)
    packed = rng.integers(0, 256, -(-prod(shape) // 2)).astype(np.uint8)
    scales = [0.02, 0.03, 0.05] if convolves else 0.02
    weights = Spec(shape, "int4", scales, data=packed)
    source = Spec((1, 6, 4, 5) if convolves else (2, 15), "int8", 0.03, 7)
    target = Spec((1, 6, 4, 3) if convolves else (2, 3), "int8", 0.05, -9)
    options = {"stride_w": 1, "stride_h": 1} if convolves else {}
    model = aot_host.build(
        single_operator(name, [source, weights, None], [target], **options), tmp_path
    )
    aot_host.assert_matches(model, model.random_samples(20))


@pytest.mark.parametrize("out", [Affine(0.01, 5), Affine(0.02, -100)], ids=str)
def test_int8_between_minus_one_and_one(out: Affine, tmp_path: Path) -> None:
    """TFLM lacks the operator."""
    source = Spec((256,), "int8", 0.01, 5)
    data = single_operator("RELU_N1_TO_1", [source], [quantized((256,), out)])
    (ours,) = aot_host.build(data, tmp_path).run([[np.arange(-128, 128, dtype=np.int8)]])[0]
    real = np.clip((np.arange(-128, 128) - 5) * 0.01, -1, 1)
    wanted = np.clip(real / out.scale + out.zero_point, -128, 127)
    np.testing.assert_allclose(ours, wanted, atol=0.51)


@pytest.mark.parametrize("masks", [{}, {"shrink_axis_mask": 2}, {"begin_mask": 1, "end_mask": 2}])
def test_a_range_of_fewer_axes_than_there_are(masks: dict[str, int], tmp_path: Path) -> None:
    """The others are whole; TFLM reads limits behind the end of their vectors."""
    x = np.arange(3 * 5 * 4, dtype=np.float32).reshape(3, 5, 4)
    rows = slice(None if "begin_mask" in masks else 1, 3)
    columns: Any = slice(2, None if "end_mask" in masks else 4)
    wanted = x[rows, 2 if "shrink_axis_mask" in masks else columns]
    limits = [Spec((2,), "int32", data=ints(*values)) for values in ((1, 2), (3, 4), (1, 1))]
    data = single_operator("STRIDED_SLICE", [Spec(x.shape), *limits], [Spec(wanted.shape)], **masks)
    np.testing.assert_array_equal(aot_host.build(data, tmp_path).run([[x]])[0][0], wanted)


def from_an_index(
    name: str, first: int, length: int, shape: tuple[int, ...], **masks: int
) -> bytes:
    """A part of (2, 6, 3) from element t + first of axis 1 on: inputs are x and t."""
    extra = (1,) if name == "SLICE" else ()
    one = [Spec((1,), "int32", data=ints(0)), *([Spec((1,), "int32", data=ints(1))] * len(extra))]
    given = [Spec((2, 6, 3)), Spec((1,), "int32"), Spec((1,), "int32", data=ints(first)), *one]
    begins, ends, begin, end, out = range(len(given), len(given) + 5)
    rank = 2 + len(extra)
    made = [Spec((1,), "int32"), Spec((1,), "int32"), *[Spec((rank,), "int32")] * 2, Spec(shape)]
    far = [Spec((1,), "int32", data=ints(length)), Spec((1,), "int32", data=ints(2))]
    steps = Spec((2,), "int32", data=ints(1, 1))
    size = Spec((3,), "int32", data=ints(1, length, 2))
    specs = [*given, *made, *far, steps, size]
    last = len(given) + len(made)
    plain = {"fused_activation_function": "NONE"}
    operators = [
        Op("ADD", [1, 2], [begins], plain),
        Op("ADD", [begins, last], [ends], plain),
        Op("CONCATENATION", [3, begins, *([4] if extra else [])], [begin], {"axis": 0, **plain}),
        Op("CONCATENATION", [last + 1, ends, *([4] if extra else [])], [end], {"axis": 0, **plain}),
    ]
    if name == "SLICE":
        operators.append(Op(name, [0, begin, last + 3], [out]))
    else:
        operators.append(Op(name, [0, begin, end, last + 2], [out], masks))
    return model(specs, operators, [0, 1], [out])


def test_parts_from_an_index_on_that_only_the_run_gives(tmp_path: Path) -> None:
    """x[:, t], which counts from the end where t is negative, x[0:2, t + 1 : t + 3], and SLICE."""
    x = np.random.default_rng(0).normal(size=(2, 6, 3)).astype(np.float32)
    shrunk = from_an_index("STRIDED_SLICE", 0, 1, (2, 3), shrink_axis_mask=2, begin_mask=1)
    window = from_an_index("STRIDED_SLICE", 1, 2, (2, 2, 3))
    part = from_an_index("SLICE", 0, 2, (1, 2, 2))
    for number, (data, times, wanted) in enumerate(
        (
            (shrunk, range(-6, 6), lambda t: x[:, t]),
            (window, range(4), lambda t: x[0:2, t + 1 : t + 3]),
            (part, range(5), lambda t: x[0:1, t : t + 2, 1:3]),
        )
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        runs = aot_host.build(data, folder).run([[x, np.int32([t])] for t in times])
        for t, (ours,) in zip(times, runs, strict=True):
            np.testing.assert_array_equal(ours, wanted(t))
