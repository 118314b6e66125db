"""FastGRNN's state has no bound: what calibration sees of it decides what int8 keeps.

It sees each sequence from the state that the network begins with, not from the last one's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hilbench.core import extras
from hilbench.oracle import tflm_worker
from hilbench.pipeline.samples import real_values
from hilbench.sources.keras import calibration, conversion_worker
from hilbench.sources.keras.cells.base import ops
from hilbench.sources.keras.cells.table import CELLS
from hilbench.sources.keras.conversion import EXPECTED, TFLITE, Request
from hilbench.tflite import reader
from hilbench.tflite.quantize import quantize

Array = np.ndarray
STEPS = 66
WEIGHTS = {"w": [[3.0]], "u": [[0.0]], "bz": [10.0], "bc": [0.0], "zeta": [0.0], "nu": [4.0]}
"""With them the state counts steps up and steps down."""


def drawn(rng: np.random.Generator, count: int) -> Array:
    """Sequences that rise, then those that stay about where they are, then those that fall."""
    rises = np.repeat([0.97, 0.5, 0.03], count // 3 * STEPS)[:, None, None]
    return np.where(rng.random((count * STEPS, 1, 1)) < rises, 1, -1).astype(np.float32)


def last(states: Array) -> Array:
    """Of each sequence."""
    return states.reshape(-1)[STEPS - 1 :: STEPS]


def way(states: Array) -> Array:
    """1 where a sequence rose, 0 where it stayed, -1 where it fell."""
    return np.sign(np.trunc(states / 25))


@pytest.mark.keras
def test_a_state_beyond_60_keeps_its_accuracy_in_int8_by_calibration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_door = "hilbench.sources.keras.conversion_worker.confinement.change_nothing_but"
    monkeypatch.setattr(open_door, lambda _: None)  # of the child that this runs in ours
    tf, rng = extras.tensorflow(), np.random.default_rng(0)
    held = {name: tf.constant(value, tf.float32) for name, value in WEIGHTS.items()}
    state = tf.Variable([[0.0]])

    def step(x: Array) -> Array:
        (h,) = CELLS["fastgrnn"].step(ops(tf), held, x, [state])
        return state.assign(h)

    module = tf.Module()
    module.state = state
    signature = tf.TensorSpec((1, 1), tf.float32)
    function = tf.function(step, autograph=False).get_concrete_function(signature)
    tf.saved_model.save(module, str(tmp_path / "saved"), signatures=function)
    samples, saved = drawn(rng, 15), tmp_path / "saved"
    vectors, ways = tmp_path / "vectors.npz", np.repeat([1, 0, -1], 5)

    def accuracy(calibration: Array) -> float:
        """Of the int8 network, in TFLM: whether it knows which way each sequence went."""
        np.savez(vectors, calibration_00=calibration, input_00=samples, steps=STEPS)
        conversion_worker.work(Request("counter", "int8_only", saved, saved, vectors, ()), tmp_path)
        with np.load(tmp_path / EXPECTED) as arrays:
            states = last(arrays["expected_00"])
        assert np.abs(states).max() > 60
        assert (way(states) == ways).all()
        content = (tmp_path / TFLITE).read_bytes()
        graph, runtime = reader.parse(content), extras.tflite_micro_runtime()
        source, output = (graph.tensors[i] for i in (*graph.inputs, *graph.outputs))
        (scale,), (zero,) = source.quantization.scales, source.quantization.zero_points
        start = partial(runtime.Interpreter.from_bytes, content)
        (step,) = output.quantization.scales
        assert 255 * step < 1.2 * np.ptp(states)  # each sequence was calibrated from its beginning
        given = quantize(samples, scale, zero, np.int8)
        (found,) = tflm_worker.outputs(start(), [given], 1, STEPS, start)
        return float((way(last(real_values(output, found))) == ways).mean())

    assert accuracy(drawn(rng, 9)) == 1
    weak = np.resize([1, -1], (9 * STEPS, 1, 1)).astype(np.float32)
    assert accuracy(weak) < 0.5


def test_variants_of_16_bits_are_quantized_with_those_ranges(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """TensorFlow calibrates and quantizes them in one call, of all samples at once."""
    fed = []

    class Calibrator:
        def __init__(self, content: bytes) -> None:
            self.content = content

        def _feed_tensors(self, samples: object, _resize: bool) -> None:
            fed.append(samples)

        def calibrate(self, samples: Callable[[], Iterator[int]]) -> bytes:
            return b"ranges of %d" % len(list(samples()))

        def calibrate_and_quantize(self, samples: object, kind: str) -> bytes:
            self._feed_tensors(samples, True)
            return self.content + kind.encode()

    monkeypatch.setattr(calibration.extras, "tflite_calibrator", lambda: Calibrator)
    plain = Calibrator.calibrate_and_quantize
    monkeypatch.setattr(calibration, "narrow", lambda _content, _parts: None)
    with calibration.anew(2):
        found = Calibrator(b"float").calibrate_and_quantize(lambda: iter([1, 2]), " in int16")
    assert (found, fed) == (b"ranges of 2 in int16", [])
    assert Calibrator.calibrate_and_quantize is plain


@pytest.mark.keras
def test_what_a_step_adds_has_the_range_that_it_has_before_the_sum_is_written_over_it() -> None:
    """TensorFlow's calibrator reads an operator's inputs after it has run, in memory of its own."""
    tf = extras.tensorflow()

    def step(x: Array, state: Array) -> Array:
        return (tf.tanh(x) * 0.1 + state * 20.0) * 1.5

    signature = (tf.TensorSpec((1, 4), tf.float32),) * 2
    function = tf.function(step, autograph=False).get_concrete_function(*signature)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function])
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    x = np.linspace(-1, 1, 40, dtype=np.float32).reshape(10, 1, 4)
    converter.representative_dataset = lambda: ([each, each] for each in x)
    with calibration.anew(5):
        graph = reader.parse(converter.convert())
    (add,) = [each for each in graph.operators if each.name == "ADD"]
    scales = sorted(graph.tensors[i].quantization.scales[0] for i in add.inputs)
    np.testing.assert_allclose(scales, [0.1 * np.tanh(1) * 2 / 255, 40 / 255], rtol=0.02)


def leaky(state: Any, x: Array) -> Any:
    return state * 0.9 + extras.tensorflow().tanh(x)


def simple(state: Any, x: Array) -> Any:
    return extras.tensorflow().tanh(state * 0.9 + x)


@pytest.mark.keras
@pytest.mark.parametrize(
    ("cell", "scale"),
    [(leaky, np.tanh(1) * sum(0.9**n for n in range(5)) / 255), (simple, 1 / 128)],
)
def test_what_is_read_of_a_state_has_the_range_of_what_is_written_to_it(
    cell: Callable[[Any, Array], Any], scale: float
) -> None:
    """The last state of a sequence is read by no step: two scales would round each state twice.

    The scale of TANH is given, whatever was seen of it.
    """
    tf = extras.tensorflow()
    module = tf.Module()
    module.state = tf.Variable(tf.zeros((1, 4)))

    def step(x: Array) -> Array:
        module.state.assign(cell(module.state, x))
        return module.state * 2.0

    function = tf.function(step, autograph=False)
    traced = function.get_concrete_function(tf.TensorSpec((1, 4), tf.float32))
    converter = tf.lite.TFLiteConverter.from_concrete_functions([traced], module)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.experimental_enable_resource_variables = True
    converter.representative_dataset = lambda: ([np.ones((1, 4), np.float32)] for _ in range(10))
    with calibration.anew(5):
        graph = reader.parse(converter.convert())
    made = {index: each for each in graph.operators for index in each.outputs}
    (assign,) = [each for each in graph.operators if each.name == "ASSIGN_VARIABLE"]
    reads = {i for each in graph.operators if each.name == "READ_VARIABLE" for i in each.outputs}
    states = [each for each in graph.operators if reads & {*each.inputs}]
    assert states and {each.name for each in states} == {"QUANTIZE"}
    written = made[assign.inputs[1]].inputs[0]
    for state in states:
        assert graph.tensors[written].quantization == graph.tensors[state.outputs[0]].quantization
    np.testing.assert_allclose(graph.tensors[written].quantization.scales, [scale], rtol=0.02)
