"""The published counts from the real thing: tf_keras and TensorFlow's profiler."""

from __future__ import annotations

import pytest

from hilbench import models, thirdparty
from hilbench.models import worker

pytestmark = pytest.mark.keras

# Parameters and MACs as published (EdgeMark, results page "RNN, LSTM, GRU").
PUBLISHED = {
    "simple_0": (5, 9),
    "simple_1": (8288, 827200),
    "simple_2": (32960, 3292800),
    "shakespeare_1": (12513, 1056300),
    "shakespeare_2": (37249, 3321900),
    "lstm": (26912, 2702400),
    "gru": (20896, 2094400),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_keras_and_profiler_give_the_published_numbers(name: str) -> None:
    tf, keras = thirdparty.tensorflow(), thirdparty.keras()
    spec = models.find(name)
    model = spec.build(keras, export=True)
    counts = worker.count(tf, model, worker.inference(tf, model, spec))
    assert (counts.parameters, counts.macs) == PUBLISHED[name]
    assert counts.matrix_macs == spec.counts().matrix_macs


@pytest.mark.parametrize("name", ["shakespeare_1", "lstm", "gru"])
def test_trained_model_has_the_weights_of_the_exported_one(name: str) -> None:
    keras = thirdparty.keras()
    built = [models.find(name).build(keras, export=export) for export in (False, True)]
    shapes = [[weight.shape for weight in model.get_weights()] for model in built]
    assert shapes[0] == shapes[1]
