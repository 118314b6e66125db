"""int8 weights beside float inputs (dynamic range): the C kernels beside TensorFlow Lite.

What is right was computed with `tf.lite.Interpreter` of TensorFlow 2.21 and the resolver
BUILTIN_REF, from the same files: the first numbers of each output, of which the last has inputs
that are all 0.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from kernel_library import call
from tflite_builder import Spec, single_operator

from hilbench.core.errors import Unsupported
from hilbench.engines.aot.lower import lower
from hilbench.engines.aot.passes.groups import part_groups
from hilbench.engines.aot.program import Call
from hilbench.tflite.reader import parse

SHAPES = ((3, 37), (3, 37), (3, 37), (2, 7, 6, 3), (2, 7, 6, 3), (2, 7, 6, 3), (1, 6, 7))
EXPECTED = (
    (
        [-16.03301, -2.468119, 6.674717, -4.77004, -6.404814, 1.407518],
        [-3.512322, 6.478073, -4.742292, 8.042106, 5.18528, -4.84372],
        [0.015625, -1.046875, 0.21875, 1.171875, -0.484375, 0.421875],
    ),
    (
        [-8.051245, -30.75549, 34.55999, 8.15943, -15.43671, -8.155358],
        [10.16663, 4.248362, -0.1243502, 5.713598, 14.92088, 3.688402],
        [-0.859375, -1.515625, 0.65625, -0.265625, -0.296875, 0.171875],
    ),
    (
        [17.74923, -0.1392907, -1.458701, -0.1640925, -3.059506, 12.04112],
        [-6.189222, -9.637466, 4.329268, 3.389524, 1.570753, 7.301902],
        [-1.03125, 0.515625, 0.265625, 1.328125, 0.84375, -0.234375],
    ),
    (
        [4.638026, 15.02671, 0.0, 0.0, 0.0, 8.496316],
        [4.574179, 0.0, 0.0, 0.0, 0.0, 2.315617],
        [0.265625, 0.265625, 0.265625, 0.265625, 0.265625, 0.265625],
    ),
    (
        [1.197758, 1.841061, 0.0, 0.0, 0.0, 0.8936237],
        [0.0, 1.183425, 1.707438, 0.0, 1.883823, 1.703953],
        [0.234375, 0.234375, 0.234375, 0.234375, 0.234375, 0.234375],
    ),
    (
        [-4.67937, -6.564215, 19.88493, 5.012959, -10.43664, 6.629561],
        [0.8776402, -16.01164, -8.367609, -2.867624, -7.950469, -8.74111],
        [-0.859375, -0.859375, -0.859375, -0.859375, -0.859375, -0.859375],
    ),
    (
        [0.0002487776, 0.4557168, 0.01252246, 0.01517517, 0.2962324, 0.4159083],
        [0.01324906, 0.04524615, 0.06742342, 0.1929628, 0.1945651, 0.1551853],
        [0.1801441, 0.1896933, 0.1909868, 0.1911664, 0.1911505, 0.191128],
    ),
)


def weights(rng: np.random.Generator, shape: tuple[int, ...], axis: int | None = None) -> Spec:
    """Ones of a scale, or of one for each of the axis."""
    data = rng.integers(-127, 128, shape).astype(np.int8)
    scales = rng.integers(2, 20, 1 if axis is None else shape[axis]) / 1024
    return Spec(shape, "int8", scales.tolist(), dimension=axis or 0, data=data)


def real(rng: np.random.Generator, size: int) -> Spec:
    return Spec((size,), data=(rng.integers(-99, 99, size) / 64).astype(np.float32))


def networks() -> Iterator[bytes]:
    """One for each of SHAPES."""
    rng = np.random.default_rng(0)
    for axis, is_asymmetric in ((None, False), (None, True), (0, True)):
        inputs = [Spec((3, 37)), weights(rng, (9, 37), axis), real(rng, 9)]
        options = {"asymmetric_quantize_inputs": is_asymmetric}
        yield single_operator("FULLY_CONNECTED", inputs, [Spec((3, 9))], **options)
    window = {"padding": "SAME", "stride_h": 1, "stride_w": 1}
    for axis in (None, 0):
        inputs = [Spec((2, 7, 6, 3)), weights(rng, (5, 3, 3, 3), axis), real(rng, 5)]
        yield single_operator(
            "CONV_2D", inputs, [Spec((2, 7, 6, 5))], fused_activation_function="RELU", **window
        )
    inputs = [Spec((2, 7, 6, 3)), weights(rng, (1, 3, 3, 6), 3), real(rng, 6)]
    yield single_operator(
        "DEPTHWISE_CONV_2D", inputs, [Spec((2, 7, 6, 6))], depth_multiplier=2, **window
    )
    matrices = [weights(rng, (5, n)) for n in [7] * 4 + [5] * 4]
    states = [Spec((1, 5), variable=True)] * 2
    biases = [real(rng, 5) for _ in range(4)]
    operands = [Spec((1, 6, 7)), *matrices, *[None] * 3, *biases, None, None, *states, *[None] * 4]
    yield single_operator(
        "UNIDIRECTIONAL_SEQUENCE_LSTM",
        operands,
        [Spec((1, 6, 5))],
        fused_activation_function="TANH",
        asymmetric_quantize_inputs=True,
    )


def samples(shape: tuple[int, ...]) -> list[np.ndarray]:
    """Of either sign, of one, and none at all."""
    rng = np.random.default_rng(1)
    signed = (rng.integers(-999, 1000, shape) / 256).astype(np.float32)
    return [signed, np.abs(signed), np.zeros(shape, np.float32)]


def test_kernels_of_dynamic_range() -> None:
    for model, shape, expected in zip(networks(), SHAPES, EXPECTED, strict=True):
        (step,) = lower(parse(model))
        assert isinstance(step, Call) and step.kernel.endswith("_hybrid")
        scratch = np.empty(step.scratch, np.int8)
        for x, right in zip(samples(shape), expected, strict=True):
            out = np.empty(parse(model).tensors[step.output.tensor].shape, np.float32)
            states = [np.zeros((1, 5), np.float32) for _ in step.inputs[1:]]
            call(step.kernel, step.params.fields, x, *states, out, scratch)
            np.testing.assert_allclose(out.ravel()[:: out.size // 6][:6], right, 1e-5, 1e-5)


def test_groups_of_channels_are_refused() -> None:
    """All channels are quantized together, so that parts of them are not the same operator."""
    rng = np.random.default_rng(0)
    inputs = [Spec((1, 4, 4, 4)), weights(rng, (6, 1, 1, 2), 0)]
    options = {"padding": "SAME", "stride_h": 1, "stride_w": 1}
    model = single_operator("CONV_2D", inputs, [Spec((1, 4, 4, 6))], **options)
    with pytest.raises(Unsupported, match="groups"):
        lower(part_groups(parse(model)))
