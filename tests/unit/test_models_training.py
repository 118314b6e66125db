"""Training seen from outside: what fails, what the result depends on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hilbench.config.experiment import Data, Training
from hilbench.core.artifacts import TrainedModel
from hilbench.core.deadline import Deadline
from hilbench.core.errors import DeadlineExceeded, TrainError, UsageError
from hilbench.sources.keras import catalogue, training, training_worker
from hilbench.sources.keras import model as model_spec

SPEC = catalogue.find("simple_0")
FEW = Data(representative=20, samples=4, published=True)


def train(
    folder: Path, *, data: Data = FEW, seconds: float = 280, **settings: float
) -> TrainedModel:
    deadline = Deadline.after(seconds, "training")
    return training.train(SPEC, Training(**settings), data, folder, deadline)


def test_crash_is_a_train_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n"
    (tmp_path / "crashing.py").write_text(source)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(training, "WORKER", replace(training.WORKER, module="crashing"))
    with pytest.raises(TrainError, match=r"^training failed: killed by SIGSEGV$"):
        train(tmp_path / "out")


def test_no_time_left_is_a_timeout(tmp_path: Path) -> None:
    with pytest.raises(DeadlineExceeded, match=r"training took longer than 0\.01 s"):
        train(tmp_path, seconds=0.01)


def test_unusable_text_is_said_before_anything_starts(tmp_path: Path) -> None:
    spec, data = catalogue.find("shakespeare_1"), Data(text=str(tmp_path / "gone.txt"))
    with pytest.raises(UsageError, match=r"gone\.txt"):
        training.train(spec, Training(), data, tmp_path / "out", Deadline.after(60, "training"))
    assert not (tmp_path / "out").exists()


def test_load_reads_what_the_child_left(tmp_path: Path) -> None:
    fields = {
        "name": "m",
        "sha256": "ab",
        "parameters": 5,
        "macs": 9,
        "matrix_macs": 6,
        "data": "d",
    }
    (tmp_path / "result.json").write_text(json.dumps({"schema": 1, **fields}))
    model = training.load(tmp_path)
    assert (model.saved_model, model.vectors) == (
        tmp_path / "saved_model",
        tmp_path / "vectors.npz",
    )
    assert (model.name, model.sha256, model.parameters, model.data) == ("m", "ab", 5, "d")


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({}, False),
        ({"spec": catalogue.find("simple_1")}, True),
        ({"training": Training(epochs=4)}, True),
        ({"training": Training(seed=43)}, True),
        ({"data": Data(samples=11)}, True),
        ({"data": Data(published=True)}, True),
        ({"data": Data(text="is not read for random sequences")}, False),
    ],
)
def test_fingerprint_is_json_of_what_matters(change: dict[str, object], differs: bool) -> None:
    plain = {"spec": SPEC, "training": Training(), "data": Data()}
    one, other = (json.dumps(training.fingerprint(**kw)) for kw in (plain, plain | change))
    assert (one != other) is differs


def test_training_that_diverges_is_an_error(tmp_path: Path) -> None:
    inputs = {"inputs": np.zeros((2, 2, 1), np.float32)}
    with pytest.raises(TrainError, match=r"diverged.*lower training\.learning_rate"):
        training_worker.save_vectors(tmp_path / "vectors.npz", inputs, lambda x: x * np.nan)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainedModel:
    return train(tmp_path_factory.mktemp("trained"), epochs=1)


@pytest.mark.keras
def test_training_leaves_a_model_and_its_vectors(trained: TrainedModel) -> None:
    model = trained
    assert model_spec.Counts(model.parameters, model.macs, model.matrix_macs) == SPEC.counts()
    assert (model.name, model.data) == ("simple_0", "uniform random sequences, seed 42")
    assert (model.saved_model / "saved_model.pb").is_file()
    with np.load(model.vectors) as arrays:
        shapes = {name: (array.shape, array.dtype.name) for name, array in arrays.items()}
    assert shapes == {
        "representative": ((20, 2, 1), "float32"),
        "inputs": ((4, 2, 1), "float32"),
        "expected": ((4, 2, 1), "float32"),
        "published_inputs": ((10, 2, 1), "float32"),
        "published_expected": ((10, 2, 1), "float32"),
    }


@pytest.mark.keras
def test_another_run_gives_identical_weights_and_vectors(
    trained: TrainedModel, tmp_path: Path
) -> None:
    again = train(tmp_path, epochs=1)
    assert again.sha256 == trained.sha256
    assert again.vectors.read_bytes() == trained.vectors.read_bytes()


@pytest.mark.keras
def test_no_epochs_is_the_untrained_model(trained: TrainedModel, tmp_path: Path) -> None:
    assert train(tmp_path, epochs=0).sha256 != trained.sha256
