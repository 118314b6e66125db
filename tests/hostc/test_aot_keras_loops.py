"""Recurrent layers of Keras as the converter makes them: loops, states, masks, both directions.

The reference is Keras: TensorFlow Lite Micro hangs on loops that collect their outputs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aot_host
import numpy as np
import pytest

from hilbench.core import extras

pytestmark = pytest.mark.keras

SAMPLES = 4
Layers = Any


def _masked(layers: Layers, x: Any) -> Any:
    return layers.LSTM(6, return_sequences=True)(layers.Masking(0.0)(x))


def _cells(layers: Layers, x: Any) -> Any:
    cells = layers.StackedRNNCells([layers.LSTMCell(4), layers.GRUCell(5)])
    return layers.RNN(cells, return_sequences=True)(x)


NETWORKS: dict[str, Callable[[Layers, Any], Any]] = {
    "SimpleRNN": lambda layers, x: layers.SimpleRNN(6, return_sequences=True)(x),
    "GRU, last output": lambda layers, x: layers.GRU(6)(x),
    "GRU, state too": lambda layers, x: layers.GRU(6, return_sequences=True, return_state=True)(x),
    "GRU, reset before, backwards": lambda layers, x: layers.GRU(
        6, return_sequences=True, reset_after=False, go_backwards=True
    )(x),
    "LSTM without bias": lambda layers, x: layers.LSTM(6, return_sequences=True, use_bias=False)(x),
    "LSTM under a mask": _masked,
    "GRU both ways": lambda layers, x: layers.Bidirectional(layers.GRU(5))(x),
    "stacked cells": _cells,
}


@pytest.fixture(scope="module")
def keras() -> Any:
    return extras.keras()


def build(keras: Any, layers: Callable[[Any, Any], Any], shape: tuple[int, ...]) -> Any:
    source = keras.layers.Input(shape, batch_size=1)
    network = keras.Model(source, layers(keras.layers, source))
    rng = np.random.default_rng(0)
    network.set_weights([rng.normal(0, 0.4, w.shape) for w in network.get_weights()])
    return network


def converted(network: Any) -> bytes:
    return bytes(extras.tensorflow().lite.TFLiteConverter.from_keras_model(network).convert())


@pytest.mark.parametrize("name", NETWORKS)
def test_a_loop_gives_what_keras_gives(keras: Any, name: str, tmp_path: Path) -> None:
    network = build(keras, NETWORKS[name], (10, 4))
    model = aot_host.build(converted(network), tmp_path)
    has_lstm = "LSTM" in name or name == "stacked cells"
    assert ("lstm_step_f32" in model.sources.kernels) == has_lstm, "a trip is one operator"
    inputs = np.random.default_rng(1).normal(0, 1, (SAMPLES, 1, 10, 4)).astype(np.float32)
    inputs[:, :, 7:] = 0.0  # what a mask leaves out
    for x, ours in zip(inputs, model.run([[x] for x in inputs]), strict=True):
        found = network.predict_on_batch(x)
        expected = found if isinstance(found, list) else [found]
        # The converter may put the outputs in another order.
        for y in expected:
            same = [out for out in ours if out.shape == y.shape]
            assert min(float(np.abs(out - y).max()) for out in same) < 1e-6


@pytest.mark.parametrize("cell", ["GRU", "SimpleRNN"])
def test_a_stateful_layer_goes_on_where_it_was(keras: Any, cell: str, tmp_path: Path) -> None:
    """Of two invocations after a reset the second one's output is read."""
    network = build(
        keras, lambda layers, x: getattr(layers, cell)(5, stateful=True, unroll=True)(x), (3, 4)
    )
    model = aot_host.build(converted(network), tmp_path)
    inputs = np.random.default_rng(1).normal(0, 1, (SAMPLES, 1, 3, 4)).astype(np.float32)
    for x, (ours,) in zip(inputs, model.run([[x] for x in inputs]), strict=True):
        network.reset_states()
        network.predict_on_batch(x)
        np.testing.assert_allclose(ours, network.predict_on_batch(x), atol=1e-6)
