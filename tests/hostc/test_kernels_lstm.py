"""UNIDIRECTIONAL_SEQUENCE_LSTM compiled for the host, beside TensorFlow Lite Micro."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import aot_host
import numpy as np
import pytest
from kernel_cases import assert_close
from tflite_builder import Spec, single_operator

from hilbench.core.errors import Unsupported
from hilbench.core.extras import tflite_micro_runtime
from hilbench.engines.aot.compiler import compile_graph
from hilbench.engines.aot.numerics import lstm
from hilbench.tflite.reader import parse

BATCHES, STEPS, INPUTS, UNITS = 1, 6, 5, 9
NAME = "UNIDIRECTIONAL_SEQUENCE_LSTM"


def operands(
    seed: int, *, cell_power: int | None, batches: int = BATCHES, largest_scale: float = 0.005
) -> list[Spec | None]:
    """The 24 inputs; float32 without a cell scale, else int8 with a cell of that power of two.

    A scale of weights above 0.006 makes a factor above 1/2, which the packed kernel lacks.
    """
    rng = np.random.default_rng(seed)
    quantized = cell_power is not None
    source = Spec((batches, STEPS, INPUTS), *_type(quantized, 0.02, -7))
    hidden = Spec((batches, UNITS), *_type(quantized, 0.007, 5), variable=True)
    cell = Spec((batches, UNITS), "int16" if quantized else "float32", variable=True)
    if cell_power is not None:
        cell = Spec((batches, UNITS), "int16", 2.0**cell_power, variable=True)
    weights = [
        _weights(rng, columns, quantized, largest_scale) for columns in [INPUTS] * 4 + [UNITS] * 4
    ]
    biases = [_bias(rng, quantized) for _ in range(4)]
    left_out: list[Spec | None] = [None] * 3
    states: list[Spec | None] = [hidden, cell]
    return [source, *weights, *left_out, *biases, None, None, *states, *left_out, None]


def _type(quantized: bool, scale: float, zero_point: int) -> tuple[str, float | None, int]:
    return ("int8", scale, zero_point) if quantized else ("float32", None, 0)


def _weights(rng: np.random.Generator, columns: int, quantized: bool, largest: float) -> Spec:
    scale = float(np.float32(rng.uniform(0.002, largest)))
    data = rng.integers(-127, 128, (UNITS, columns))
    if quantized:
        return Spec(data.shape, "int8", scale, data=data.astype(np.int8))
    return Spec(data.shape, data=(data * scale).astype(np.float32))


def _bias(rng: np.random.Generator, quantized: bool) -> Spec:
    data = rng.integers(-8000, 8000, UNITS)
    if quantized:
        return Spec(data.shape, "int32", 1e-4, data=data.astype(np.int32))
    return Spec(data.shape, data=(data * 1e-4).astype(np.float32))


def model(inputs: list[Spec | None], **options: float | str) -> bytes:
    source = inputs[0]
    assert source is not None
    batches, steps, _ = source.shape
    output = Spec((batches, steps, UNITS), *_type(source.dtype == "int8", 0.007, 5))
    options = {"fused_activation_function": "TANH", "cell_clip": 0.0, **options}
    return single_operator(NAME, inputs, [output], **options)


def both(content: bytes, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Outputs of ours and of TFLM: the second of two invocations after a reset, 6 samples."""
    ours = aot_host.build(content, folder)
    samples = ours.random_samples(6)
    interpreter = tflite_micro_runtime().Interpreter.from_bytes(content, arena_size=1 << 20)
    expected = []
    for (sample,) in samples:
        interpreter.reset()
        for _ in range(2):
            interpreter.set_input(sample, 0)
            interpreter.invoke()
        expected.append(np.array(interpreter.get_output(0)))
    return np.array([output for (output,) in ours.run(samples)]), np.array(expected)


def chosen(inputs: list[Spec | None]) -> set[str]:
    text = compile_graph(parse(model(inputs)), "").text
    return set(re.findall(r"unidirectional_sequence_lstm_\w*s8(?=\()", text))


@pytest.mark.parametrize(("kernel", "largest_scale"), [("packed_s8", 0.005), ("s8", 0.02)])
@pytest.mark.parametrize("cell_power", [-18, -16, -15, -14, -12, -11, -9])
def test_int8_is_bit_identical(
    cell_power: int, kernel: str, largest_scale: float, tmp_path: Path
) -> None:
    inputs = operands(-cell_power, cell_power=cell_power, largest_scale=largest_scale)
    assert chosen(inputs) == {f"unidirectional_sequence_lstm_{kernel}"}
    ours, tflm = both(model(inputs), tmp_path)
    np.testing.assert_array_equal(ours, tflm)
    assert len(np.unique(tflm)) > 30


@pytest.mark.parametrize("of_a_weight", [True, False])
def test_gates_that_are_no_exact_packed_product_take_the_plain_kernel(
    of_a_weight: bool, tmp_path: Path
) -> None:
    inputs = operands(6, cell_power=-12)
    assert chosen(inputs) == {"unidirectional_sequence_lstm_packed_s8"}
    if of_a_weight:  # a weight of -128 below a negative one is no halfword
        data = np.full((UNITS, INPUTS), -1, np.int8)
        data[1::2] = -128
        inputs[2] = Spec(data.shape, "int8", 0.002, data=data)
    else:  # a scale from products to arguments above 1/2 does not shift to the right
        data = np.ones((UNITS, INPUTS), np.int8)
        inputs[2] = Spec(data.shape, "int8", 0.02, data=data)
    assert chosen(inputs) == {"unidirectional_sequence_lstm_s8"}
    ours, tflm = both(model(inputs), tmp_path)
    np.testing.assert_array_equal(ours, tflm)


@pytest.mark.parametrize(("scale", "kernel"), [(2.0**-28, "packed_s8"), (2.0**-30, "s8")])
def test_a_hidden_state_that_is_scaled_up_takes_the_plain_kernel(scale: float, kernel: str) -> None:
    inputs = operands(7, cell_power=-12)
    inputs[18] = Spec((BATCHES, UNITS), "int8", scale, 5, variable=True)
    for place in range(5, 9):
        inputs[place] = Spec((UNITS, UNITS), "int8", 0.2, data=np.ones((UNITS, UNITS), np.int8))
    assert chosen(inputs) == {f"unidirectional_sequence_lstm_{kernel}"}


@pytest.mark.parametrize("clip", [0.25, 1.0, 100.0])
def test_clipped_cell(clip: float, tmp_path: Path) -> None:
    ours, tflm = both(model(operands(1, cell_power=-14), cell_clip=clip), tmp_path)
    np.testing.assert_array_equal(ours, tflm)


def test_batches_have_states_of_their_own(tmp_path: Path) -> None:
    ours, tflm = both(model(operands(2, cell_power=-13, batches=3)), tmp_path)
    np.testing.assert_array_equal(ours, tflm)


@pytest.mark.parametrize("clip", [0.0, 0.5])
def test_float(clip: float, tmp_path: Path) -> None:
    ours, tflm = both(model(operands(3, cell_power=None), cell_clip=clip), tmp_path)
    assert_close(ours, tflm)


def test_the_table_has_the_nodes_of_the_logistic_function() -> None:
    table = lstm.logistic_table()
    exact = 2**16 / (1 + np.exp(-np.arange(-256, 257) / 24)) - 2**15
    assert (table.dtype, table.shape, table[256]) == (np.int16, (513,), 0)
    assert np.all(np.diff(table.astype(int)) >= 0)
    assert np.all(table[511:] == np.iinfo(np.int16).max)  # where tanh is 1
    assert np.abs(table - exact).max() < 1.9


@pytest.mark.parametrize(
    ("place", "spec", "reason"),
    [
        (9, Spec((UNITS,), "int16", 1e-3, data=np.ones(UNITS, np.int16)), "peepholes"),
        (
            16,
            Spec((UNITS, UNITS), "int8", 0.1, data=np.ones((UNITS, UNITS), np.int8)),
            "projection",
        ),
        (20, Spec((UNITS,), "int16", 1e-3, data=np.ones(UNITS, np.int16)), "layer normalisation"),
        (1, None, "input 1 is missing"),
        (19, Spec((1, UNITS), "int16", 3e-4, variable=True), "a cell state of scale 0.0003"),
        (18, Spec((1, UNITS), "int8", 0.007, 5), "is not a variable"),
        (4, Spec((UNITS, 2), "int8", 0.1, data=np.ones((UNITS, 2), np.int8)), "shape of tensor"),
    ],
)
def test_what_is_refused(place: int, spec: Spec | None, reason: str) -> None:
    inputs = operands(4, cell_power=-12)
    inputs[place] = spec
    with pytest.raises(Unsupported, match=reason):
        compile_graph(parse(model(inputs)), "")


@pytest.mark.parametrize("batches", [1, 2])
@pytest.mark.parametrize("cell_power", [None, -12])
def test_steps_before_batches(cell_power: int | None, batches: int, tmp_path: Path) -> None:
    """What Keras makes of `time_major=True`: (steps, batches, features)."""
    inputs = operands(8, cell_power=cell_power, batches=batches)
    first = inputs[0]
    assert first is not None
    inputs[0] = replace(first, shape=(STEPS, batches, INPUTS))
    content = model(inputs, time_major=1)
    ours, tflm = both(content, tmp_path)
    assert ours.shape[1:] == (STEPS, batches, UNITS)
    assert_close(ours, tflm) if cell_power is None else np.testing.assert_array_equal(ours, tflm)
    moves = compile_graph(parse(content), "").text.count("hb_copy(")
    assert moves == (0 if batches == 1 else 2)


def test_an_activation_that_is_refused() -> None:
    with pytest.raises(Unsupported, match="option"):
        compile_graph(
            parse(model(operands(5, cell_power=-12), fused_activation_function="RELU")), ""
        )
