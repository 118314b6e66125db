"""From Python: rows and frames of a network of the user's own, and nothing printed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from small_graphs import embedding, residual_cnn, simple_rnn

import hilbench
from hilbench.core.settings import Settings
from hilbench.core.store import ARTIFACT
from hilbench.pipeline.events import JobDone

pytestmark = pytest.mark.emulator


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_one_job_is_a_row(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (here / "net.tflite").write_bytes(simple_rnn("int8"))
    events: list[object] = []
    row = hilbench.measure("net.tflite", progress=events.append)
    assert (row["model"], row["variant"], row["status"]) == ("net", "int8_only", "ok")
    assert [event.row for event in events if isinstance(event, JobDone)] == [row]
    assert capfd.readouterr() == ("", "")
    assert list(here.iterdir()) == [here / "net.tflite"]


def test_a_run_is_a_frame_that_can_be_loaded(here: Path) -> None:
    (here / "net.tflite").write_bytes(residual_cnn("float32"))
    frame = hilbench.run(here / "net.tflite", boards="mps2_an386", figures="drawn")
    assert frame["status"].tolist() == ["ok"]
    assert frame.attrs["path"] == "results/net_tflite.csv"
    assert (here / "drawn" / "net_tflite" / "ram.png").is_file()
    for what in ("net.tflite", "results/net_tflite.csv"):
        loaded = hilbench.load(what)
        assert loaded.drop(columns="timestamp").equals(frame.drop(columns="timestamp"))


def test_another_file_of_the_same_name_is_another_row(here: Path) -> None:
    (here / "net.tflite").write_bytes(embedding("float32"))
    first = hilbench.measure("net.tflite")
    (here / "net.tflite").write_bytes(embedding("int8"))
    second = hilbench.measure("net.tflite")
    assert first["tflite_sha256"] != second["tflite_sha256"]
    assert (first["variant"], second["variant"]) == ("basic", "int8_only")


def test_what_is_wrong_with_a_call_is_one_line(here: Path) -> None:
    (here / "net.tflite").write_bytes(residual_cnn("float32"))
    with pytest.raises(hilbench.HilbenchError, match="no such file"):
        hilbench.run("missing.tflite")
    with pytest.raises(hilbench.HilbenchError, match=r"is 2 jobs: .*name one variant"):
        hilbench.measure("smoke", model="simple_0")
    with pytest.raises(hilbench.HilbenchError, match="unknown board 'nowhere'"):
        hilbench.measure("net.tflite", board="nowhere")
    wrong: tuple[tuple[Any, dict[str, Any], str], ...] = (
        (object(), {}, "what: an object of type object given .*'file.py:function'"),
        ("net.tflite", {"data": [1.0]}, "data: an object of type list given"),
        ("net.tflite", {"samples": "3"}, "samples: an object of type str given"),
        ("net.tflite", {"options": 3}, "options: an object of type int given"),
        ("net.tflite", {"board": 7}, "7 is no name"),
    )
    for what, named, said in wrong:
        with pytest.raises(hilbench.HilbenchError, match=said):
            hilbench.measure(what, **named)


@pytest.mark.keras
def test_the_weights_of_a_family_give_its_numbers_through_every_door(here: Path) -> None:
    row = hilbench.measure("smoke", model="simple_0", variant="basic")
    shutil.copy(cached("convert", row["tflite_sha256"]) / "model.tflite", here / "file.tflite")
    shutil.copytree(cached("train", row["model_sha256"]) / "saved_model", here / "folder")
    for network in ("file.tflite", "folder"):
        mine = hilbench.measure(network, variant="basic")
        assert mine["status"] == row["status"] == "ok"
        for column in _SAME:
            assert mine[column] == row[column], (network, column)


def cached(stage: str, sha256: str) -> Path:
    """The folder in the cache of what has this hash."""
    entries = (Settings.read().cache / stage).glob(f"*/{ARTIFACT}")
    return next(path.parent for path in entries if json.loads(path.read_text())["sha256"] == sha256)


_SAME = ("macs", "parameters", "flash_bytes", "ram_bytes", "arena_bytes", "weights_bytes")


@pytest.mark.keras
def test_a_cell_is_keras_in_float_and_tflm_in_int8_on_both_boards(here: Path) -> None:
    """The smoke version of the experiment `cells`."""
    rows = hilbench.run("cells_smoke")
    assert set(zip(rows["variant"], rows["board"], strict=True)) == {
        (variant, board)
        for variant in ("basic", "int8_only")
        for board in ("mps2_an386", "nucleo_l4r5zi_twin")
    }
    assert rows["status"].eq("ok").all()
    floats, integers = (rows[rows["variant"] == name] for name in ("basic", "int8_only"))
    assert floats["error_mae"].max() < 1e-5 and integers["error_mae"].max() < 0.01
    assert integers["oracle_max_lsb"].eq(0).all()
    assert rows["stream_steps"].eq(4).all()
