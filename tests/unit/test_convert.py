"""The table of variants, and conversion seen from outside."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import keras_networks
import numpy as np
import pytest
from tflite_builder import Op, Spec, model, single_operator

from hilbench.core import hashing
from hilbench.core.artifacts import ConvertedModel, Network, TensorSpec
from hilbench.core.deadline import Deadline
from hilbench.core.errors import ConvertError, DeadlineExceeded
from hilbench.oracle import tflm
from hilbench.sources.keras import conversion, conversion_worker
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
def saved(tmp_path: Path) -> Network:
    """A network whose SavedModel is not there."""
    zeros = np.zeros((2, 1, 2, 1), np.float32)
    np.savez(tmp_path / "vectors.npz", calibration_00=zeros, input_00=zeros)
    spec = TensorSpec("x", (1, 2, 1), "float32")
    return Network("m", "ab", (spec,), (spec,), saved_model=tmp_path / "saved_model")


def convert(network: Network, folder: Path, seconds: float = 280) -> ConvertedModel:
    vectors, out = folder / "vectors.npz", folder / "out"
    return conversion.convert(network, vectors, VARIANTS["basic"], out, deadline(seconds))


def test_table_names_each_row_once_and_calibrates_integers() -> None:
    assert {"basic", "int8_only"} <= set(VARIANTS)
    for name, variant in VARIANTS.items():
        assert variant.name == name
        assert variant.needs_representative or variant.io == "float32"
    assert len({variant.label for variant in VARIANTS.values()}) == len(VARIANTS)


def test_crash_is_a_convert_error(
    saved: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n"
    (tmp_path / "crashing.py").write_text(source)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(conversion, "WORKER", replace(conversion.WORKER, module="crashing"))
    with pytest.raises(
        ConvertError, match=r"^conversion to basic: TensorFlow's converter crashes .*unroll=True"
    ):
        conversion.convert(
            saved, tmp_path / "vectors.npz", VARIANTS["basic"], tmp_path / "out", deadline()
        )


def test_no_time_left_is_a_timeout(saved: Network, tmp_path: Path) -> None:
    with pytest.raises(DeadlineExceeded):
        conversion.convert(
            saved, tmp_path / "vectors.npz", VARIANTS["basic"], tmp_path / "out", deadline(0.01)
        )


def test_load_reads_what_the_child_left(tmp_path: Path) -> None:
    fields = {
        "model": "m",
        "variant": "basic",
        "sha256": "cd",
        "converter": "TensorFlow 2",
        "notes": [],
    }
    (tmp_path / "result.json").write_text(json.dumps({"schema": 1, **fields}))
    converted = conversion.load(tmp_path)
    assert converted.tflite == tmp_path / "model.tflite"
    assert (converted.model, converted.variant, converted.sha256) == ("m", "basic", "cd")


def test_fingerprint_is_json_of_what_matters(saved: Network, tmp_path: Path) -> None:
    vectors, exported = tmp_path / "vectors.npz", tmp_path / "saved_model" / "saved_model.pb"
    exported.parent.mkdir()
    exported.write_bytes(b"")

    def of(model: Network, variant: str) -> str:
        return json.dumps(conversion.fingerprint(model, vectors, VARIANTS[variant]))

    before = {name: of(saved, name) for name in VARIANTS}
    assert len(set(before.values())) == len(VARIANTS)
    assert of(replace(saved, sha256="cd"), "basic") != before["basic"]
    exported.write_bytes(b"another graph of the same weights")
    assert of(saved, "basic") != before["basic"]
    exported.write_bytes(b"")
    np.savez(vectors, input_00=np.ones((2, 1, 2, 1), np.float32))
    assert of(saved, "basic") != before["basic"]


@pytest.mark.keras
def test_missing_saved_model_is_a_convert_error(saved: Network, tmp_path: Path) -> None:
    with pytest.raises(ConvertError, match=r"converter ended with an error of kind OSError"):
        conversion.convert(
            saved, tmp_path / "vectors.npz", VARIANTS["basic"], tmp_path / "out", deadline()
        )


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory):
    """Trains and converts each model at most once, briefly; biases are not zero."""
    folder = tmp_path_factory.mktemp("converted")

    @cache
    def trained(model: str) -> keras_networks.Made:
        return keras_networks.train(model, folder / model, epochs=1)

    @cache
    def get(model: str, variant: str) -> ConvertedModel:
        out = folder / f"{model}.{variant}"
        return keras_networks.convert(trained(model), variant, out)

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
def test_slim_is_the_plain_file_without_its_names(converted, tmp_path: Path) -> None:
    """And two conversions give the same bytes."""
    plain, slimmed = (converted("simple_1", variant) for variant in ("int8_only", "int8_only+slim"))
    assert slimmed.variant == "int8_only+slim"
    assert plain.converter == slimmed.converter
    assert plain.converter.startswith("TensorFlow 2.")
    assert plain.sha256 == hashing.of_file(plain.tflite)
    assert slimmed.tflite.read_bytes() == slim(plain.tflite.read_bytes())
    assert slimmed.tflite.stat().st_size < 0.2 * plain.tflite.stat().st_size
    samples = np.random.default_rng(0).integers(-128, 128, (2, 1, 100, 32)).astype(np.int8)
    outputs = [
        tflm.outputs(tflm.run(file.tflite, [samples], tmp_path / file.variant, deadline()))
        for file in (plain, slimmed)
    ]
    np.testing.assert_array_equal(outputs[0][0], outputs[1][0])


@pytest.mark.keras
def test_the_reference_is_the_float_network(converted) -> None:
    one, other = (converted("simple_1", variant) for variant in ("basic", "int8_only"))
    assert one.expected and other.expected
    with np.load(one.expected) as first, np.load(other.expected) as second:
        assert set(first) == {"expected_00", "published_expected_00"}
        assert first["expected_00"].shape == (4, 1, 100, 32)
        np.testing.assert_array_equal(first["expected_00"], second["expected_00"])


@pytest.mark.parametrize(("dtype", "said"), [("float32", True), ("int8", False)])
def test_dynamic_range_that_leaves_all_weights_in_float_is_a_note(dtype: str, said: bool) -> None:
    """The converter quantizes no matrix of fewer than 1,024 elements."""
    weights = Spec((2, 3), dtype, 0.1 if dtype == "int8" else None, data=np.ones((2, 3), dtype))
    inputs = [Spec((1, 3)), weights]
    graph = reader.parse(single_operator("FULLY_CONNECTED", inputs, [Spec((1, 2))]))
    noted = {
        name: list(conversion_worker.left_in_float(VARIANTS[name], graph)) for name in VARIANTS
    }
    assert bool(noted["dynamic"]) == said
    assert not any(noted[name] for name in ("basic", "float16"))


def test_operators_that_stay_in_float_in_a_network_of_integers_are_a_note() -> None:
    """The converter leaves SELECT_V2 so where it chooses between a new state and the old one."""
    floats, flags = Spec((1, 4)), Spec((1, 4), "bool")
    specs = [*[Spec((1, 4), "int8", 0.5)] * 2, floats, flags, floats]
    operators = [
        Op("DEQUANTIZE", [0], [2]),
        Op("GREATER", [2, 2], [3]),
        Op("SELECT_V2", [3, 2, 2], [4]),
        Op("QUANTIZE", [4], [1]),
    ]
    graph = reader.parse(model(specs, operators, [0], [1]))
    for name, variant in VARIANTS.items():
        said = ["the converter leaves in float32: 1 SELECT_V2"] * variant.needs_representative
        noted = list(conversion_worker.left_in_float(variant, graph))
        assert [note for note in noted if note != conversion_worker.FLOAT] == said, name
