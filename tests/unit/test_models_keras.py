"""The published counts from the real thing: tf_keras and TensorFlow's profiler."""

from __future__ import annotations

import pytest
from published_counts import PUBLISHED

from hilbench.core import extras
from hilbench.sources.keras import catalogue, profiler, training_worker

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
