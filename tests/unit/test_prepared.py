"""What is changed in a network, or in its file before it is quantized, and behind that."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tflite_builder import Op, Spec, model, single_operator

from hilbench.core import extras
from hilbench.core.errors import UsageError
from hilbench.sources import masks, scales
from hilbench.tflite import reader

MASK = np.float32([0, -1e9, 0, -np.inf])


def _attention(choose: str, **options: float) -> bytes:
    specs = [Spec((1, 4)), Spec((4,), data=MASK), Spec((1, 4)), Spec((1, 4))]
    return model(specs, [Op("ADD", [0, 1], [2]), Op(choose, [2], [3], options)], [0], [3])


@pytest.mark.keras
def test_a_mask_is_as_small_as_changes_nothing() -> None:
    samples = [[np.float32([[0.5, 3, -2, 1]])], [np.float32([[-3, 1, 2, 0]])]]
    content, note = masks.softened(_attention("SOFTMAX", beta=1.0), samples)
    softened = reader.parse(content).tensors[1].data
    np.testing.assert_array_equal(softened, [0, -12, 0, -12])
    assert note == "masks of inf are 12 in it, which its scales have steps for"


@pytest.mark.keras
def test_a_huge_number_that_is_no_mask_stays() -> None:
    specs = [Spec((1, 4)), Spec((4,), data=np.float32([1, 2e3, 1, 1])), Spec((1, 4)), Spec((1, 4))]
    content = model(
        specs, [Op("MUL", [0, 1], [2]), Op("SOFTMAX", [2], [3], {"beta": 1.0})], [0], [2, 3]
    )
    assert masks.softened(content, [[np.ones((1, 4), np.float32)]]) == (content, "")
    assert masks.softened(_attention("TANH"), []) == (_attention("TANH"), "")


@pytest.mark.parametrize(("scale", "values"), [(0.125, [8, -24]), (0.25, [16, -48])])
def test_a_bias_has_the_scale_of_the_products(scale: float, values: list[int]) -> None:
    """Input 0.5 times weights 0.25: a bias in steps of 0.25 is half of what it says."""
    content = single_operator(
        "FULLY_CONNECTED",
        [
            Spec((1, 3), "int16", 0.5, 0),
            Spec((2, 3), "int8", 0.25, 0, data=np.ones((2, 3), np.int8)),
            Spec((2,), "int64", scale, 0, data=np.array([8, -24], np.int64)),
        ],
        [Spec((1, 2), "int16", 0.5, 0)],
    )
    graph = reader.parse(content)
    mended = scales.mended(content, graph)
    assert scales.notes(graph) == ((scales.BIAS_NOTE,) if scale == 0.25 else ())
    assert (mended is content) is (scale == 0.125)
    after = reader.parse(mended)
    bias = after.tensors[after.operators[0].inputs[2]]
    assert bias.data is not None and bias.quantization is not None
    assert bias.data.tolist() == values and bias.quantization.scales == (0.125,)
    assert not scales.off_bias(after)


@pytest.mark.keras
def test_keras_3_writes_an_embedding_and_an_argmax_plainly() -> None:
    """Its own have operators that TFLM and TFLite lack: for ids from the end, and for -0.0."""
    from hilbench.sources.keras import export

    tf, keras = extras.tensorflow(), extras.keras3()
    ids = keras.Input((4,), dtype="int32")
    rows = keras.layers.Embedding(5, 3)(ids)
    places = [keras.ops.argmax(rows, axis=-1), keras.ops.argmin(rows, axis=1, keepdims=True)]
    model = keras.Model(ids, [rows, *places, keras.ops.argmax(rows)])
    function = export.trace(tf, model, {}).function
    kinds = {operation.type for operation in function.graph.get_operations()}
    assert not kinds & {"SelectV2", "Less", "BitwiseAnd"}
    sample = np.array([[0, 4, 2, 2]], np.int32)
    found = function(tf.constant(sample))
    for name, wanted in zip(sorted(found), model(sample), strict=True):
        np.testing.assert_array_equal(found[name], wanted)
    assert not any("call" in vars(layer) for layer in model.layers)


@pytest.mark.keras
def test_what_a_layer_of_the_users_raises_is_said_and_not_where_keras_was() -> None:
    from hilbench.sources.keras import export

    keras = extras.keras3()

    class Fussy(keras.layers.Layer):  # type: ignore[misc, name-defined]
        def call(self, x: Any) -> Any:
            if x.shape[0] == 1:
                raise ValueError("one is not enough")
            return x

    source = keras.Input((3,))
    model = keras.Model(source, Fussy()(source))
    with pytest.raises(UsageError, match=r"shape \[1, 3\]: ValueError: one is not enough \("):
        export.trace(extras.tensorflow(), model, {})


def test_a_loop_of_keras_is_asked_by_position_or_by_name() -> None:
    """TimeDistributed of Keras 2 names all that it gives."""
    from hilbench.sources.keras import loops

    def rnn(*given: Any, **named: Any) -> Any:
        return given, named

    named = loops._forwards(rnn, None, step_function=1, inputs=2, initial_states=[], unroll=True)
    assert named == loops._forwards(rnn, None, 1, 2, [], unroll=True)
