"""Real TensorFlow Lite Micro from the wheel, on files of one operator."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tflite_builder import Op, Spec, Subgraph, model, single_operator

from hilbench.core import extras
from hilbench.core.artifacts import OracleResult
from hilbench.core.deadline import Deadline
from hilbench.core.errors import DeadlineExceeded, TargetError, Unsupported
from hilbench.engines.tflm import resolver
from hilbench.oracle import lite, lite_worker, tflm, tflm_words
from hilbench.oracle.tflm_worker import arena_bytes
from hilbench.tflite.reader import parse

TANH = single_operator("TANH", [Spec((1, 4))], [Spec((1, 4))])
SAMPLES = np.array([[0.0, 0.5, -1.0, 2.0], [9.0, -9.0, 0.1, -0.1]], np.float32)


def run(folder: Path, model: bytes, *samples: np.ndarray, seconds: float = 280) -> OracleResult:
    (folder / "model.tflite").write_bytes(model)
    deadline = Deadline.after(seconds, "oracle")
    inputs = [array[:, None] for array in samples]
    return tflm.run(folder / "model.tflite", inputs, folder / "out", deadline)


def output(result: OracleResult) -> np.ndarray:
    (first, *_) = tflm.outputs(result)
    return first[:, 0]


def test_float_outputs_one_per_sample(tmp_path: Path) -> None:
    result = run(tmp_path, TANH, SAMPLES)
    np.testing.assert_allclose(output(result), np.tanh(SAMPLES), rtol=1e-6)
    assert result.runtime.startswith("tflite-micro ")
    assert 0 < result.arena_bytes < 4096
    assert tflm.load(tmp_path / "out") == result


def test_int8_outputs_keep_the_files_type(tmp_path: Path) -> None:
    quantized = Spec((1, 4), "int8", 1 / 128, 0)
    model = single_operator("TANH", [Spec((1, 4), "int8", 1 / 32, 0)], [quantized])
    samples = np.array([[0, 32, -32, 127]], np.int8)
    result = output(run(tmp_path, model, samples))
    assert result.dtype == np.int8
    np.testing.assert_allclose(result / 128, np.tanh(samples / 32), atol=1 / 128)


@pytest.mark.parametrize(
    ("samples", "given"),
    [
        (SAMPLES.astype(np.int8), r"int8 \(1, 4\)"),
        (SAMPLES[:, :3], r"float32 \(1, 3\)"),
        (SAMPLES.astype(np.float64), r"float64 \(1, 4\)"),
    ],
)
def test_samples_of_another_kind_are_refused(tmp_path: Path, samples, given: str) -> None:
    with pytest.raises(
        TargetError, match=rf"samples are {given}, input 0 of the model is float32 \(1, 4\)"
    ):
        run(tmp_path, TANH, samples)


@pytest.mark.parametrize("model", [b"", TANH[: len(TANH) // 2], b"\x10\x00\x00\x00TFL3" * 99])
def test_broken_file_is_a_target_error(tmp_path: Path, model: bytes) -> None:
    with pytest.raises(TargetError, match=r"^TFLM on the host failed: "):
        run(tmp_path, model, SAMPLES)


def test_operator_that_tflm_lacks_is_named(tmp_path: Path) -> None:
    model = single_operator("ATAN2", [Spec((1, 4)), Spec((1, 4))], [Spec((1, 4))])
    with pytest.raises(
        TargetError, match=r"^TFLM on the host failed: TFLM lacks the operator ATAN2$"
    ):
        run(tmp_path, model, SAMPLES)


def test_what_tflm_refuses_is_named_with_its_check(tmp_path: Path) -> None:
    """Not "RuntimeError: TFLM failed to allocate tensors", which is what it ends with."""
    model = single_operator("DEQUANTIZE", [Spec((1, 4), "int32", 0.5)], [Spec((1, 4))])
    said = r"failed: operator 0, DEQUANTIZE, is refused at prepare: input->type == kTfLiteInt8"
    with pytest.raises(TargetError, match=said):
        run(tmp_path, model, SAMPLES.astype(np.int32))


@pytest.mark.parametrize(
    ("log", "cause"),
    [
        ("Op#50 (SPLIT_V) of subgraph 0 has dynamic tensor #141\n", "operator 50, SPLIT_V, has a"),
        ("Failed to resize buffer. Requested: 99, available 1", "it needs 99 B of arena and more"),
        ("Type INT64 not supported.\nNode SUM (number 3f) failed to invoke with status 1",
         "operator 3, SUM, is refused at invoke: Type INT64 not supported."),
        ("Traceback\nRuntimeError: TFLM failed\n", "it says no more than 'TFLM failed'"),
        ("nothing of a kind\n", ""),
    ],
)  # fmt: skip
def test_what_tflm_says_is_one_line_with_the_cause(log: str, cause: str) -> None:
    assert tflm_words.cause(log).startswith(cause) and bool(cause) == bool(tflm_words.cause(log))


@pytest.mark.parametrize("scale", [0.0, 1e-30])
def test_an_abort_over_a_scale_is_explained(tmp_path: Path, scale: float) -> None:
    """TFLM ends without a word there."""
    source = Spec((1, 4), "int8", 0.1, 0)
    model = single_operator("ADD", [source, source], [Spec((1, 4), "int8", scale, 0)])
    samples = np.zeros((1, 4), np.int8)
    with pytest.raises(TargetError) as caught:
        run(tmp_path, model, samples, samples)
    assert "killed by SIGABRT (one of TFLM's own checks failed" in str(caught.value)
    assert f"the smallest is {scale:g}, of tensor 2 int8[1, 4]" in str(caught.value)


def test_what_tflm_would_silently_misread_is_refused(tmp_path: Path) -> None:
    """An LSTM of dynamic range: TFLM invokes it, with the bytes of its weights as floats."""
    weights = Spec((2, 2), "int8", 0.1, data=np.ones((2, 2), np.int8))
    bias, state = Spec((2,), data=np.zeros(2, np.float32)), Spec((1, 2), variable=True)
    inputs = [Spec((1, 3, 2)), *[weights] * 8, *[None] * 3, *[bias] * 4, None, None, state, state]
    lstm = "UNIDIRECTIONAL_SEQUENCE_LSTM"
    options = {"fused_activation_function": "TANH"}
    hybrid = single_operator(lstm, [*inputs, *[None] * 4], [Spec((1, 3, 2))], **options)
    with pytest.raises(TargetError, match=rf"operator 0, {lstm}, would take its int8 weights"):
        run(tmp_path, hybrid, np.zeros((1, 3, 2), np.float32))
    with pytest.raises(Unsupported, match=f"{lstm}, would take its int8 weights"):
        resolver.needed(parse(hybrid), {lstm: "AddUnidirectionalSequenceLSTM"})


@pytest.mark.parametrize(("zero_point", "border"), [(-128, 1), (-128, 0), (0, 1)])
def test_a_border_that_tflm_never_sets_is_refused(
    zero_point: int, border: int, tmp_path: Path
) -> None:
    """SPACE_TO_BATCH_ND of int8: TFLM fills with 0, which stands for 0.0 at no other zero point."""
    constants = [
        Spec(a.shape, "int32", data=a)
        for a in (np.array([2, 1], np.int32), np.array([[0, border], [0, 0]], np.int32))
    ]
    source = Spec((1, 4 - border, 1, 1), "int8", 0.1, zero_point)
    target = Spec((2, 2, 1, 1), "int8", 0.1, zero_point)
    spread = single_operator("SPACE_TO_BATCH_ND", [source, *constants], [target])
    samples = np.full((1, 4 - border, 1, 1), 5, np.int8)
    if zero_point and border:
        with pytest.raises(TargetError, match=r"fill its border with 0 instead of .* -128"):
            run(tmp_path, spread, samples)
    else:
        assert run(tmp_path, spread, samples).runtime.startswith("tflite-micro")


def test_crash_and_hang_end_the_job_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(tflm, "WORKER", replace(tflm.WORKER, module="injected"))
    (tmp_path / "injected.py").write_text("import os; os.abort()")
    with pytest.raises(TargetError, match=r"^TFLM on the host failed: killed by SIGABRT \(one of"):
        run(tmp_path, TANH, SAMPLES)
    (tmp_path / "injected.py").write_text("import time; time.sleep(600)")
    with pytest.raises(DeadlineExceeded, match="oracle took longer than 1 s"):
        run(tmp_path, TANH, SAMPLES, seconds=1)


def test_tensorflow_lite_runs_what_tflm_does_not(tmp_path: Path) -> None:
    """Weights of float16, of which TFLM has no DEQUANTIZE."""
    half = Spec((1, 4), "float16", data=np.full((1, 4), 0.5, np.float16))
    specs = [half, Spec((1, 4)), Spec((1, 4)), Spec((1, 4))]
    steps = [Op("DEQUANTIZE", [0], [1]), Op("MUL", [2, 1], [3])]
    halved = model(specs, steps, [2], [3])
    with pytest.raises(TargetError, match="DEQUANTIZE"):
        run(tmp_path, halved, SAMPLES)
    deadline = Deadline.after(280, "oracle")
    folder = tmp_path / "lite"
    result = lite.run(tmp_path / "model.tflite", [SAMPLES[:, None]], folder, deadline)
    np.testing.assert_array_equal(output(result), SAMPLES / 2)
    assert result.runtime.startswith("TensorFlow Lite ")
    (tmp_path / "model.tflite").write_bytes(b"no network")
    with pytest.raises(TargetError, match=r"^TensorFlow Lite on the host failed: not a .tflite"):
        lite.run(tmp_path / "model.tflite", [SAMPLES[:, None]], folder, deadline)


def test_sums_of_int16_are_not_those_of_the_reference_kernel() -> None:
    """It is wrong where the scale of the sum is another than that of what is added."""
    source, axes = Spec((1, 4), "int16", 0.01), Spec((1,), "int32", data=np.array([1], np.int32))
    summed = single_operator("SUM", [source, axes], [Spec((1,), "int16", 0.02)])
    (found,) = lite_worker.outputs(summed, [np.array([[[100, 200, 300, 400]]], np.int16)])
    assert found.ravel() == [500]


def test_tensorflow_lite_begins_each_sequence_anew() -> None:
    """An LSTM whose input gate is open and whose cell counts: its state grows with each sample."""
    ones, state = Spec((1, 1), data=np.ones((1, 1), np.float32)), Spec((1, 1), variable=True)
    bias = Spec((1,), data=np.zeros(1, np.float32))
    inputs = [Spec((1, 1, 1)), *[ones] * 8, *[None] * 3, *[bias] * 4, None, None, state, state]
    options = {"fused_activation_function": "TANH"}
    lstm = single_operator(
        "UNIDIRECTIONAL_SEQUENCE_LSTM", [*inputs, *[None] * 4], [Spec((1, 1, 1))], **options
    )
    (found,) = lite_worker.outputs(lstm, [np.ones((4, 1, 1, 1), np.float32)], steps=2)
    first, second, *again = found.ravel()
    assert second > first
    assert again == [first, second]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_arena_is_the_total_of_tflms_report(newline: str) -> None:
    lines = [f"[RecordingMicroAllocator] Arena allocation {part}" for part in
             ("total 225040 bytes", "head 23616 bytes", "tail 201424 bytes")]  # fmt: skip
    assert arena_bytes(newline.join([*lines, ""])) == 225040


@pytest.mark.parametrize("report", ["", "Arena allocation total 5 bytes", "nonsense"])
def test_report_without_a_total_is_an_error(report: str) -> None:
    with pytest.raises(TargetError, match="report has 0 totals"):
        arena_bytes(report)


def test_fingerprint_is_json_of_what_matters() -> None:
    def of(sha256: str, samples: np.ndarray) -> str:
        return json.dumps(tflm.fingerprint(sha256, [samples], 1))

    assert of("ab", SAMPLES) == of("ab", SAMPLES.copy())
    others = [of("cd", SAMPLES), of("ab", SAMPLES + 1), of("ab", SAMPLES.reshape(4, 2))]
    assert of("ab", SAMPLES) not in others


@pytest.mark.keras
def test_state_is_reset_before_each_sample(tmp_path: Path) -> None:
    """A fused LSTM keeps its cell between invocations unless it is reset."""
    tf, keras = extras.tensorflow(), extras.keras()
    layers = [keras.layers.InputLayer((3, 2), batch_size=1), keras.layers.LSTM(2)]
    model = keras.Sequential(layers)
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    samples = np.ones((3, 3, 2), np.float32)
    outputs = output(run(tmp_path, converter.convert(), samples))
    assert np.abs(outputs).max() > 0.01
    np.testing.assert_array_equal(outputs, outputs[[0, 0, 0]])


def test_a_reset_gives_variables_their_first_values(tmp_path: Path) -> None:
    """TFLM's own reset leaves them without what CALL_ONCE assigned."""
    row = Spec((1, 4))
    named = {"container": "", "shared_name": "v"}
    first = Subgraph(
        [Spec((), "resource"), Spec((1, 4), data=np.full((1, 4), 5, np.float32))],
        [Op("VAR_HANDLE", [], [0], named), Op("ASSIGN_VARIABLE", [0, 1], [])],
        [],
        [],
    )
    operators = [
        Op("CALL_ONCE", [], [], {"init_subgraph_index": 1}),
        Op("VAR_HANDLE", [], [1], named),
        Op("READ_VARIABLE", [1], [2]),
        Op("ADD", [0, 2], [3]),
        Op("ASSIGN_VARIABLE", [1, 3], []),
    ]
    data = model([row, Spec((), "resource"), row, row], operators, [0], [3], first)
    np.testing.assert_array_equal(output(run(tmp_path, data, SAMPLES)), SAMPLES + 5)


def test_several_inputs_and_outputs_in_their_own_types(tmp_path: Path) -> None:
    specs = [Spec((1, 4)), Spec((1, 4), "int32"), Spec((1, 4)), Spec((1, 4), "int32")]
    content = model(specs, [Op("TANH", [0], [2]), Op("ADD", [1, 1], [3])], [0, 1], [2, 3])
    integers = np.array([[1, -2, 3, -4], [5, 6, -7, 8]], np.int32)
    first, second = tflm.outputs(run(tmp_path, content, SAMPLES, integers))
    np.testing.assert_allclose(first[:, 0], np.tanh(SAMPLES), rtol=1e-6)
    np.testing.assert_array_equal(second[:, 0], 2 * integers)
    assert second.dtype == np.int32
