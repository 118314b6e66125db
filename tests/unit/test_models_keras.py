"""The published counts from the real thing: tf_keras and TensorFlow's profiler."""

from __future__ import annotations

import numpy as np
import pytest
from published_counts import PUBLISHED

from hilbench.core import extras
from hilbench.core.errors import UsageError
from hilbench.sources.keras import catalogue, profiler, streaming, training_worker

pytestmark = pytest.mark.keras


@pytest.mark.parametrize("name", PUBLISHED)
def test_keras_and_profiler_give_the_published_numbers(name: str) -> None:
    tf, keras = extras.tensorflow(), extras.keras()
    spec = catalogue.find(name)
    model = spec.build(keras, export=True)
    counts = profiler.count(tf, model, training_worker.inference(tf, model, spec))
    assert (counts.parameters, counts.macs) == PUBLISHED[name]
    assert counts.matrix_macs == spec.counts().matrix_macs


@pytest.mark.parametrize("name", ["shakespeare_1", "lstm", "gru"])
def test_trained_model_has_the_weights_of_the_exported_one(name: str) -> None:
    keras = extras.keras()
    built = [catalogue.find(name).build(keras, export=export) for export in (False, True)]
    shapes = [[weight.shape for weight in model.get_weights()] for model in built]
    assert shapes[0] == shapes[1]


def test_a_streaming_form_gives_the_steps_of_the_whole_network() -> None:
    """A causal convolution, layers of one step, and recurrent ones, in three steps at a time."""
    tf, keras = extras.tensorflow(), extras.keras()
    layers = keras.layers
    inputs = layers.Input((12, 4))
    x = layers.Conv1D(6, 3, padding="causal", dilation_rate=2, activation="relu")(inputs)
    x = layers.GRU(5, return_sequences=True)(layers.LayerNormalization()(x))
    whole = keras.Model(inputs, [layers.Dense(2)(x), layers.LSTM(3)(x)])
    found = streaming.of(tf, whole, 3, {})
    assert "12 steps" in found.note and streaming.needed(whole)
    assert not streaming.needed(found.model)
    values = np.random.default_rng(7).normal(size=(1, 12, 4)).astype(np.float32)
    every, last = (tensor.numpy() for tensor in whole(values))
    parts = [found.model(values[:, at : at + 3]) for at in range(0, 12, 3)]
    np.testing.assert_allclose(np.concatenate([p[0] for p in parts], 1), every, atol=1e-6)
    np.testing.assert_allclose(parts[-1][1], last, atol=1e-6)


def test_what_has_no_streaming_form_is_refused_with_the_name_of_the_layer() -> None:
    tf, keras = extras.tensorflow(), extras.keras()
    layers = keras.layers
    inputs = layers.Input((12, 4))
    sequence = layers.GRU(3, return_sequences=True)(inputs)
    for layer, source, says in (
        (layers.Bidirectional(layers.GRU(3), name="both"), inputs, "'both' .* reads from the end"),
        (layers.GRU(3, go_backwards=True, name="back"), inputs, "'back' .* goes backwards"),
        (layers.GlobalMaxPooling1D(name="pool"), sequence, "'pool' .* one step of time alone"),
        (layers.Conv1D(3, 3, name="same"), sequence, "'same' .* padding valid, not causal"),
    ):
        with pytest.raises(UsageError, match=says):
            streaming.of(tf, keras.Model(inputs, layer(source)), 1, {})
    masked = layers.Masking()(inputs)
    for last in (layers.GRU(3), layers.GRU(3, return_sequences=True)):
        with pytest.raises(UsageError, match=r"differ by .* of the whole, where steps are masked"):
            streaming.of(tf, keras.Model(inputs, last(masked)), 1, {})
    repeats_none = layers.RNN(layers.GRUCell(3), return_sequences=True, zero_output_for_mask=True)
    streaming.of(tf, keras.Model(inputs, repeats_none(masked)), 1, {})
    with pytest.raises(UsageError, match=r"'late' .* masks by what other layers give it"):
        late = layers.Masking(name="late")(layers.ReLU()(inputs))
        streaming.of(tf, keras.Model(inputs, layers.GRU(3)(late)), 1, {})
    with pytest.raises(UsageError, match="no multiple of stream_step 5"):
        streaming.of(tf, keras.Model(inputs, sequence), 5, {})
