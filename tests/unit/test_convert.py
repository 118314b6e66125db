"""The table of variants, and conversion seen from outside."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from hilbench.config.experiment import Data, Training
from hilbench.core import hashing
from hilbench.core.artifacts import ConvertedModel, TrainedModel
from hilbench.core.deadline import Deadline
from hilbench.core.errors import ConvertError, DeadlineExceeded
from hilbench.oracle import tflm
from hilbench.sources.keras import catalogue, conversion, training
from hilbench.sources.keras.variants import VARIANTS
from hilbench.tflite import reader
from hilbench.tflite.slim import slim

SIMPLE_1_OPERATORS = {
    "RESHAPE": 2,
    "UNPACK": 1,
    "FULLY_CONNECTED": 200,
    "ADD": 99,
    "TANH": 100,
    "PACK": 1,
}
SHAKESPEARE_1_INT8_OPERATORS = SIMPLE_1_OPERATORS | {
    "DEQUANTIZE": 1,
    "CAST": 1,
    "GATHER": 1,
    "QUANTIZE": 100,
    "SOFTMAX": 1,
}


def deadline(seconds: float = 280) -> Deadline:
    return Deadline.after(seconds, "conversion")


@pytest.fixture
def saved(tmp_path: Path) -> TrainedModel:
    """A trained model whose SavedModel is not there."""
    vectors = tmp_path / "vectors.npz"
    np.savez(vectors, representative=np.zeros((2, 2, 1), np.float32))
    return TrainedModel("m", tmp_path / "saved_model", vectors, "ab", 5, 9, 6, "zeros")


def test_table_names_each_row_once_and_calibrates_integers() -> None:
    assert {"basic", "int8_only"} <= set(VARIANTS)
    for name, variant in VARIANTS.items():
        assert variant.name == name
        assert variant.needs_representative or variant.io == "float32"
    assert len({variant.label for variant in VARIANTS.values()}) == len(VARIANTS)


def test_crash_is_a_convert_error(
    saved: TrainedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n"
    (tmp_path / "crashing.py").write_text(source)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(conversion, "WORKER", replace(conversion.WORKER, module="crashing"))
    with pytest.raises(ConvertError, match=r"^conversion failed: killed by SIGSEGV$"):
        conversion.convert(saved, VARIANTS["basic"], tmp_path / "out", deadline())


def test_no_time_left_is_a_timeout(saved: TrainedModel, tmp_path: Path) -> None:
    with pytest.raises(DeadlineExceeded):
        conversion.convert(saved, VARIANTS["basic"], tmp_path / "out", deadline(0.01))


def test_load_reads_what_the_child_left(tmp_path: Path) -> None:
    fields = {"model": "m", "variant": "basic", "sha256": "cd", "converter": "TensorFlow 2"}
    (tmp_path / "result.json").write_text(json.dumps({"schema": 1, **fields}))
    converted = conversion.load(tmp_path)
    assert converted.tflite == tmp_path / "model.tflite"
    assert (converted.model, converted.variant, converted.sha256) == ("m", "basic", "cd")


def test_fingerprint_is_json_of_what_matters(saved: TrainedModel) -> None:
    def of(model: TrainedModel, variant: str) -> str:
        return json.dumps(conversion.fingerprint(model, VARIANTS[variant]))

    before = {name: of(saved, name) for name in VARIANTS}
    assert len(set(before.values())) == len(VARIANTS)
    assert of(replace(saved, sha256="cd"), "basic") != before["basic"]
    np.savez(saved.vectors, representative=np.ones((2, 2, 1), np.float32))
    assert of(saved, "basic") == before["basic"]
    assert of(saved, "int8_only") != before["int8_only"]


@pytest.mark.keras
def test_missing_saved_model_is_a_convert_error(saved: TrainedModel, tmp_path: Path) -> None:
    with pytest.raises(ConvertError, match=r"conversion failed: OSError: SavedModel file"):
        conversion.convert(saved, VARIANTS["basic"], tmp_path / "out", deadline())


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory):
    """Trains and converts each model at most once, briefly; biases are not zero."""
    folder = tmp_path_factory.mktemp("converted")

    @cache
    def trained(model: str) -> TrainedModel:
        settings = Training(epochs=1), Data(representative=20, samples=2)
        return training.train(catalogue.find(model), *settings, folder / model, deadline())

    @cache
    def get(model: str, variant: str, attempt: int = 1) -> ConvertedModel:
        out = folder / f"{model}.{variant}.{attempt}"
        return conversion.convert(trained(model), VARIANTS[variant], out, deadline())

    return get


@pytest.mark.keras
@pytest.mark.parametrize(
    ("model", "variant", "operators"),
    [
        ("simple_1", "basic", SIMPLE_1_OPERATORS),
        ("simple_1", "int8_only", SIMPLE_1_OPERATORS | {"QUANTIZE": 100}),
        ("shakespeare_1", "int8_only", SHAKESPEARE_1_INT8_OPERATORS),
    ],
)
def test_graph_is_the_published_one(
    converted, model: str, variant: str, operators: dict[str, int]
) -> None:
    graph = reader.read(converted(model, variant).tflite)
    assert Counter(operator.name for operator in graph.operators) == operators
    ends = {graph.tensors[index].dtype for index in graph.inputs + graph.outputs}
    assert ends == {VARIANTS[variant].io}


@pytest.mark.keras
def test_dense_weights_have_one_scale(converted) -> None:
    graph = reader.read(converted("simple_1", "int8_only").tflite)
    dense = [operator for operator in graph.operators if operator.name == "FULLY_CONNECTED"]
    weights = [graph.tensors[operator.inputs[1]] for operator in dense]
    assert {weight.dtype for weight in weights} == {"int8"}
    assert not any(weight.quantization.per_channel for weight in weights)


@pytest.mark.keras
def test_two_conversions_give_the_same_bytes(converted) -> None:
    one, other = (converted("simple_1", "int8_only", attempt) for attempt in (1, 2))
    assert one.tflite.read_bytes() == other.tflite.read_bytes()
    assert one.sha256 == other.sha256 == hashing.of_file(one.tflite)
    assert one.converter.startswith("TensorFlow 2.")


@pytest.mark.keras
def test_slim_is_the_plain_file_without_its_names(converted, tmp_path: Path) -> None:
    plain, slimmed = (converted("simple_1", variant) for variant in ("int8_only", "int8_only+slim"))
    assert slimmed.variant == "int8_only+slim"
    assert slimmed.tflite.read_bytes() == slim(plain.tflite.read_bytes())
    assert slimmed.tflite.stat().st_size < 0.2 * plain.tflite.stat().st_size
    samples = np.random.default_rng(0).integers(-128, 128, (2, 100, 32)).astype(np.int8)
    outputs = [
        np.load(tflm.run(file.tflite, samples, tmp_path / file.variant, deadline()).outputs)
        for file in (plain, slimmed)
    ]
    assert np.array_equal(outputs[0]["output"], outputs[1]["output"])
