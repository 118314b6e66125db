"""The LSTM that is exported as a loop: the same model, converted to one operator."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from hilbench.config.experiment import Data, Training
from hilbench.core.artifacts import TrainedModel
from hilbench.core.deadline import Deadline
from hilbench.sources.keras import catalogue, conversion, training
from hilbench.sources.keras.families.rnn_fused import FusedSpec
from hilbench.sources.keras.variants import VARIANTS
from hilbench.tflite import reader
from hilbench.tflite.opinfo import matrix_macs


def test_it_is_the_lstm_under_another_name() -> None:
    spec, unrolled = catalogue.find("lstm_fused"), catalogue.find("lstm")
    assert isinstance(spec, FusedSpec)
    differing = {name for name, value in asdict(spec).items() if value != asdict(unrolled)[name]}
    assert differing == {"name", "family"}
    assert spec.counts() == unrolled.counts()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainedModel:
    settings = Training(epochs=1), Data(representative=10, samples=2)
    out = tmp_path_factory.mktemp("fused")
    return training.train(
        catalogue.find("lstm_fused"), *settings, out, Deadline.after(200, "training")
    )


@pytest.mark.keras
def test_counts_are_those_of_the_unrolled_model(trained: TrainedModel) -> None:
    counts = catalogue.find("lstm").counts()
    assert (trained.parameters, trained.macs) == (counts.parameters, counts.macs)
    assert trained.matrix_macs == counts.matrix_macs


@pytest.mark.keras
@pytest.mark.parametrize("variant", ["basic", "int8_only+slim"])
def test_it_converts_to_two_operators(trained: TrainedModel, variant: str, tmp_path: Path) -> None:
    deadline = Deadline.after(100, "conversion")
    converted = conversion.convert(trained, VARIANTS[variant], tmp_path, deadline)
    graph = reader.read(converted.tflite)
    names = [operator.name for operator in graph.operators]
    assert names == ["UNIDIRECTIONAL_SEQUENCE_LSTM", "FULLY_CONNECTED"]
    assert sum(tensor.is_variable for tensor in graph.tensors) == 2
    assert matrix_macs(graph) == trained.matrix_macs
