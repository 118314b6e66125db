"""The LSTM that is exported as a loop: the same model, converted to one operator."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import keras_networks
import pytest

from hilbench.sources.keras import catalogue
from hilbench.sources.keras.families.rnn_fused import FusedSpec
from hilbench.tflite import reader
from hilbench.tflite.opinfo import matrix_macs


def test_it_is_the_lstm_under_another_name() -> None:
    spec, unrolled = catalogue.find("lstm_fused"), catalogue.find("lstm")
    assert isinstance(spec, FusedSpec)
    differing = {name for name, value in asdict(spec).items() if value != asdict(unrolled)[name]}
    assert differing == {"name", "family"}
    assert spec.counts() == unrolled.counts()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> keras_networks.Made:
    return keras_networks.train("lstm_fused", tmp_path_factory.mktemp("fused"), epochs=1)


@pytest.mark.keras
def test_counts_are_those_of_the_unrolled_model(trained: keras_networks.Made) -> None:
    counts, network = catalogue.find("lstm").counts(), trained.network
    assert (network.parameters, network.profiler_macs) == (counts.parameters, counts.macs)


@pytest.mark.keras
@pytest.mark.parametrize("variant", ["basic", "int8_only+slim"])
def test_it_converts_to_two_operators(
    trained: keras_networks.Made, variant: str, tmp_path: Path
) -> None:
    graph = reader.read(keras_networks.convert(trained, variant, tmp_path).tflite)
    names = [operator.name for operator in graph.operators]
    assert names == ["UNIDIRECTIONAL_SEQUENCE_LSTM", "FULLY_CONNECTED"]
    assert sum(tensor.is_variable for tensor in graph.tensors) == 2
    assert matrix_macs(graph) == catalogue.find("lstm").counts().matrix_macs
