"""MLPerf Tiny's shapes: MACs as its networks have them, and closed forms as Keras counts."""

from __future__ import annotations

import numpy as np
import pytest

from hilbench.core import extras
from hilbench.sources.keras import catalogue, profiler, training_worker
from hilbench.sources.keras.feedforward import Convolution, PartlyDead

MATRIX_MACS = {
    "tiny_ad": 264_192,
    "tiny_kws": 2_656_768,
    "tiny_ic": 12_501_632,
    "tiny_vww": 7_489_664,
    "tiny_vww_dead": 7_489_664,
}


@pytest.mark.parametrize("name", MATRIX_MACS)
def test_matrix_macs_are_those_of_the_benchmark(name: str) -> None:
    assert catalogue.find(name).counts().matrix_macs == MATRIX_MACS[name]


@pytest.mark.keras
@pytest.mark.parametrize("name", MATRIX_MACS)
def test_closed_form_is_what_keras_and_the_profiler_count(name: str) -> None:
    tf, keras = extras.tensorflow(), extras.keras()
    spec = catalogue.find(name)
    model = spec.build(keras, export=True)
    counts = profiler.count(tf, model, training_worker.inference(tf, model, spec))
    assert counts == spec.counts()
    assert model.output_shape[1:] == spec.output_shape


@pytest.mark.keras
def test_dead_filters_have_no_weight_above_zero() -> None:
    keras = extras.keras()
    keras.utils.set_random_seed(1)
    layer = PartlyDead(Convolution(8, (1, 1)), 5)
    model = keras.Model(x := keras.Input((2, 2, 16)), layer.apply(keras, x))
    kernel, bias = model.get_weights()
    assert (kernel[..., 3:] <= 0).all() and not bias.any()
    assert (kernel[..., :3] > 0).any(axis=(0, 1, 2)).all()
    outputs = model(np.random.default_rng(1).uniform(0, 9, (50, 2, 2, 16))).numpy()
    assert not outputs[..., 3:].any() and outputs[..., :3].any()
