"""Operators on int16 activations with int8 weights: the C kernels beside real TFLM."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import tflm
from kernel_library import call
from random_graphs import RandomGraph, graphs_of_each_rule
from tflite_builder import Spec, single_operator

from hilbench.engines.aot.lower import lower
from hilbench.engines.aot.passes.groups import part_groups
from hilbench.engines.aot.program import Call
from hilbench.tflite.reader import parse

GRAPHS_OF_EACH = 12
EVERY = np.arange(-(1 << 15), 1 << 15).astype(np.int16)
FINE = Spec((256, 256), "int16", 2.0**-15)
# 16-bit scales of 2^-11 and 2^-12 have a path of their own, also where they are not quite that
SCALES = (2.0**-12, 2.0**-11, 1.0005 * 2.0**-12, 3.7e-4, 0.01, 0.3)
KERNELS = """
fully_connected conv_2d depthwise_conv_2d add sub mul average_pool_2d max_pool_2d logistic tanh
softmax requantize unidirectional_sequence_lstm abs batch_matmul leaky_relu maximum mean minimum
relu squared_difference
"""


def ours(model: bytes, *inputs: np.ndarray) -> tuple[str, np.ndarray]:
    """The kernel of a graph of one operator, and its output."""
    graph = part_groups(parse(model))
    (step,) = lower(graph)
    assert isinstance(step, Call)
    target = graph.tensors[step.output.tensor]
    given, arrays = dict(zip(graph.inputs, inputs, strict=True)), []
    for operand in step.inputs:
        tensor = graph.tensors[operand.tensor]
        values = given.get(operand.tensor, tensor.data)
        arrays.append(np.zeros(tensor.shape, tensor.dtype) if values is None else values)
    out = np.empty(target.shape, target.dtype)
    call(step.kernel, step.params.fields, *arrays, out)
    return step.kernel, out


def test_functions_of_every_input() -> None:
    for name in ("TANH", "LOGISTIC", "SOFTMAX"):
        for scale in SCALES:
            x = EVERY.reshape(256, 256)
            source = Spec(x.shape, "int16", float(np.float32(scale)))
            model = single_operator(name, [source], [FINE])
            np.testing.assert_array_equal(ours(model, x)[1], tflm.run(model, x)[0], name)


def single(dtype: str, count: int) -> Iterator[RandomGraph]:
    for graph in graphs_of_each_rule(dtype, count):
        if len(graph.operators) == 1 and len(graph.outputs) == 1:
            yield graph


def test_random_operators() -> None:
    rng = np.random.default_rng(0)
    seen: dict[str, int] = {}
    for graph in single("int16", GRAPHS_OF_EACH):
        model = graph.tflite()
        parsed = parse(model)
        steps = lower(part_groups(parsed))
        if len(steps) > 1 or not isinstance(steps[0], Call):
            continue  # groups of channels, or nothing but a move
        if graph.operators[0].name == "DEPTHWISE_CONV_2D" and graph.operators[0].inputs[2] < 0:
            continue  # TFLM dies of it
        inputs = [
            rng.choice(
                [-(1 << 15), *rng.integers(-(1 << 15), 1 << 15, 7), (1 << 15) - 1], t.shape
            ).astype(np.int16)
            for t in (parsed.tensors[index] for index in parsed.inputs)
        ]
        kernel, actual = ours(model, *inputs)
        (expected,) = tflm.run(model, *inputs)
        np.testing.assert_array_equal(actual, expected, str(graph))
        seen[kernel] = seen.get(kernel, 0) + 1
    assert seen.keys() == {f"{kernel}_s16" for kernel in KERNELS.split()}


def test_between_int16_and_others() -> None:
    wide, narrow, real = Spec((256, 256), "int16", 3e-4), Spec((1, 256), "int8", 0.04, -7), Spec
    every = EVERY.reshape(256, 256)
    byte = np.arange(-128, 128).astype(np.int8).reshape(1, 256)
    floats = np.random.default_rng(1).normal(0, 4, (256, 256)).astype(np.float32)
    cases = (
        ("QUANTIZE", wide, Spec((256, 256), "int8", 0.04, -7), every),
        ("QUANTIZE", narrow, Spec((1, 256), "int16", 3e-4), byte),
        ("QUANTIZE", real((256, 256)), wide, floats),
        ("DEQUANTIZE", wide, real((256, 256)), every),
    )
    for name, source, target, x in cases:
        model = single_operator(name, [source], [target])
        np.testing.assert_array_equal(ours(model, x)[1], tflm.run(model, x)[0])
