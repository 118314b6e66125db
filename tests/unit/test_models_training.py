"""Training seen from outside: what fails, what the result depends on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import keras_networks
import numpy as np
import pytest

from hilbench.config.experiment import Data, ModelEntry, Training
from hilbench.core.errors import DeadlineExceeded, TrainError, UsageError
from hilbench.pipeline import given
from hilbench.sources import find
from hilbench.sources.keras import catalogue, network, training, training_worker

SPEC = catalogue.find("simple_0")


def test_crash_is_a_train_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n"
    (tmp_path / "crashing.py").write_text(source)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(training, "WORKER", replace(training.WORKER, module="crashing"))
    with pytest.raises(TrainError, match=r"^training failed: killed by SIGSEGV$"):
        keras_networks.train("simple_0", tmp_path / "out")


def test_no_time_left_is_a_timeout(tmp_path: Path) -> None:
    with pytest.raises(DeadlineExceeded, match=r"training took longer than 0\.01 s"):
        keras_networks.train("simple_0", tmp_path, seconds=0.01)


def test_unusable_text_is_said_before_anything_starts(tmp_path: Path) -> None:
    data = Data(text=str(tmp_path / "gone.txt"))
    with pytest.raises(UsageError, match=r"gone\.txt"):
        given.dataset_fingerprint("shakespeare", (100,), data)


def test_load_reads_what_the_child_left(tmp_path: Path) -> None:
    spec = {"name": "input", "shape": [1, 2, 1], "dtype": "float32"}
    fields = {"name": "m", "sha256": "ab", "parameters": 5, "profiler_macs": 9}
    lists = {"inputs": [spec], "outputs": [spec], "notes": ["a note"]}
    (tmp_path / "result.json").write_text(json.dumps({"schema": 1, **fields, **lists}))
    found = network.found(training.WORKER.read(tmp_path), tmp_path)
    assert (found.saved_model, found.unrolled) == (tmp_path / "saved_model", None)
    assert (found.name, found.sha256, found.parameters, found.profiler_macs) == ("m", "ab", 5, 9)
    assert (found.inputs[0].shape, found.notes) == ((1, 2, 1), ("a note",))


@pytest.mark.parametrize(
    ("entry", "settings", "differs"),
    [
        ({}, {}, False),
        ({"name": "another"}, {}, False),
        ({"model": "simple_1"}, {}, True),
        ({"units": 2}, {}, True),
        ({}, {"epochs": 4}, True),
        ({}, {"seed": 43}, True),
    ],
)
def test_fingerprint_is_json_of_what_matters(
    entry: dict[str, object], settings: dict[str, int], differs: bool
) -> None:
    def of(entry: dict[str, object], **settings: int) -> str:
        model = ModelEntry(**{"model": "simple_0", "name": "simple_0", **entry})
        return json.dumps(find(model, Path(), Training(**settings)).fingerprint())

    assert (of({}) != of(entry, **settings)) is differs


def test_options_of_a_family() -> None:
    source = find(ModelEntry(model="lstm", units=128), Path(), Training())
    assert (source.name, source.sample_shape) == ("lstm_units128", (100, 32))
    with pytest.raises(UsageError, match=r"no option 'unit' \(did you mean 'units'\?\)"):
        find(ModelEntry(model="lstm", unit=128), Path(), Training())
    with pytest.raises(UsageError, match="units must be a whole positive number"):
        find(ModelEntry(model="lstm", units="many"), Path(), Training())


def test_training_that_diverges_is_an_error() -> None:
    with pytest.raises(TrainError, match=r"diverged.*lower training\.learning_rate"):
        training_worker.check(np.full((2, 2), np.nan, np.float32))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> keras_networks.Made:
    return keras_networks.train("simple_0", tmp_path_factory.mktemp("trained"), epochs=1)


@pytest.mark.keras
def test_training_leaves_a_network_and_its_samples(trained: keras_networks.Made) -> None:
    found, counts = trained.network, SPEC.counts()
    assert (found.parameters, found.profiler_macs) == (counts.parameters, counts.macs)
    assert (found.name, trained.vectors.origin) == ("simple_0", "uniform random sequences, seed 42")
    assert found.saved_model is not None and (found.saved_model / "saved_model.pb").is_file()
    with np.load(trained.vectors.path) as arrays:
        shapes = {name: (array.shape, array.dtype.name) for name, array in arrays.items()}
    assert shapes == {
        "calibration_00": ((20, 1, 2, 1), "float32"),
        "input_00": ((4, 1, 2, 1), "float32"),
        "labels": ((4, 2, 1), "float32"),
        "published_00": ((10, 1, 2, 1), "float32"),
        "steps": ((), "int64"),
    }


@pytest.mark.keras
def test_another_run_gives_identical_weights(trained: keras_networks.Made, tmp_path: Path) -> None:
    again = keras_networks.train("simple_0", tmp_path, epochs=1)
    assert again.network.sha256 == trained.network.sha256
    assert again.vectors.path.read_bytes() == trained.vectors.path.read_bytes()


@pytest.mark.keras
def test_no_epochs_is_the_untrained_model(trained: keras_networks.Made, tmp_path: Path) -> None:
    untrained = keras_networks.train("simple_0", tmp_path, epochs=0)
    assert untrained.network.sha256 != trained.network.sha256
