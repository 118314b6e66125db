"""What the converter says, in words of ours: none of its own text reaches a row."""

from __future__ import annotations

import pytest

from hilbench.core.errors import ConvertError
from hilbench.sources.keras.symptoms import TABLE, Symptom, explained

SELECT = """\
Some ops are not supported by the native TFLite runtime, you can enable TF kernels fallback using \
TF Select. See instructions: https://www.tensorflow.org/lite/guide/ops_select
TF Select ops: AsString, StringLength
Details:
"""
CUSTOM = """\
error: 'tf.Svd' op is neither a custom op nor a flex op
Some ops in the model are custom ops, See instructions to implement custom ops: \
https://www.tensorflow.org/lite/guide/ops_custom
Custom ops: Svd
Details:
"""
FAILED = "conversion failed: ConverterError: Could not translate MLIR to FlatBuffer"


@pytest.mark.parametrize(
    ("said", "log", "message"),
    [
        (FAILED, SELECT, "TFLite lacks the operators AsString, StringLength"),
        (FAILED, CUSTOM, "TFLite lacks the operators Svd"),
        (FAILED, "", "TensorFlow's converter ended with an error of kind ConverterError"),
        (
            "conversion failed: RuntimeError",
            """loc("net/rnn/slice"): error: 'tfl.strided_slice' op quantization parameters violate \
the same scale constraint: !quant.uniform<i8:f32, 0.007:1> vs. !quant.uniform<i8:f32, 0.008>""",
            "the quantizer gives 'net/rnn/slice' another scale",
        ),
        (
            "conversion failed: NotImplementedError: Quantization to 16x8-bit not yet supported"
            " for op: 'UNIDIRECTIONAL_SEQUENCE_LSTM'",
            "",
            "no 16x8 form of the operator UNIDIRECTIONAL_SEQUENCE_LSTM",
        ),
        (
            "conversion failed: RuntimeError: Max and min for dynamic tensors should be recorded"
            " during calibration: Failed for tensor serving_default_input_00:0",
            "",
            "no range of an integer input",
        ),
    ],
)
def test_the_cause_is_named(said: str, log: str, message: str) -> None:
    error = explained(ConvertError(said), log, "int8")
    assert message in error.message and error.remedy
    for raw in ("MLIR", "https", "See instructions", "FlatBuffer"):
        assert raw not in str(error)


def test_a_crash_says_what_is_known_of_the_loops() -> None:
    crash = ConvertError("conversion was killed by SIGSEGV")
    error = explained(crash, "", "int8_only", ("loops of 400 steps are not unrolled",))
    assert "recurrent loops in integers; loops of 400 steps are not unrolled" in error.message
    assert "unroll=True" in error.remedy and "basic" in error.remedy
    error = explained(crash, "", "int8_only", ("Keras 2 cannot unroll ConvLSTM2D",))
    assert error.remedy == "build it with Keras 3, or variant basic"


@pytest.mark.parametrize("symptom", TABLE, ids=lambda symptom: symptom.pattern[:20])
def test_no_remedy_is_what_the_user_does_already(symptom: Symptom) -> None:
    for variant in ("basic", "int8_only"):
        assert f"variant {variant}" not in symptom.remedy_for(variant)
        assert symptom.remedy_for(variant)
    other = f"variant {symptom.variant}" if symptom.variant else ""
    assert other in symptom.remedy_for("dynamic")


def test_words_of_our_own_stay() -> None:
    said = ConvertError("the float network's outputs are not finite", remedy="its weights are not")
    assert explained(said, CUSTOM, "basic") is said


@pytest.mark.keras
def test_an_lstm_that_gives_or_takes_its_states_is_a_loop() -> None:
    """The converter leaves a loop there, and crashes on it in int8."""
    from hilbench.core import extras
    from hilbench.sources.keras import export, loops

    tf = extras.tensorflow()
    for keras in (extras.keras(), extras.keras3()):
        layers, model = keras.layers, keras.Model
        source = layers.Input((6, 3))
        assert not loops.found(model(source, layers.LSTM(5, return_sequences=True)(source)))
        assert loops.found(model(source, layers.LSTM(5, return_state=True)(source)))
        assert loops.found(model(source, layers.LSTM(5, recurrent_dropout=0.3)(source)))
        state = layers.Dense(5)(source[:, 0])
        begun = model(source, layers.LSTM(5)(source, initial_state=[state, state]), name="_odd")
        assert export.trace(tf, begun, {}).steps == 6  # that operator would begin with its last
        assert len(loops.found(begun)) == 1
