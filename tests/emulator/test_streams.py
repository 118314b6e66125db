"""docs/streams.md: its experiment is run, and its row says what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from small_graphs import residual_cnn, stateful_cell

import hilbench

pytestmark = pytest.mark.emulator
PAGE = Path(__file__).parents[2] / "docs" / "streams.md"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The page's experiment, its network, and 6 sequences of 25 steps."""
    monkeypatch.chdir(tmp_path)
    (text,) = re.findall(r"^```yaml\n(# stream.yaml\n.*?)^```$", PAGE.read_text(), re.M | re.S)
    (tmp_path / "stream.yaml").write_text(text)
    (tmp_path / "step.tflite").write_bytes(stateful_cell(features=4))
    rng = np.random.default_rng(0)
    np.savez("sequences.npz", x=rng.uniform(-2, 2, (6, 25, 4)))
    return tmp_path


def test_the_page_is_true(here: Path) -> None:
    row = hilbench.measure("stream.yaml")
    assert row["status"] == "ok", row["reason"]
    assert (row["samples"], row["stream_steps"], row["repetitions"]) == (50, 25, 50)
    assert row["oracle_max_lsb"] == 0
    assert row["exe_cycles_min"] <= row["exe_cycles"] <= row["exe_cycles_max"]
    assert "notes" not in row or "state" not in row["notes"]


def test_a_stream_is_its_whole_sequence(here: Path) -> None:
    """The same cell unrolled over 25 steps, which TFLM runs."""
    (here / "all.tflite").write_bytes(stateful_cell(25, features=4))
    settings = {"board": "mps2_an386", "samples": 2, "data": "sequences.npz"}
    row = hilbench.measure("step.tflite", stream=True, whole="all.tflite", **settings)
    assert (row["stream_steps"], row["stream_whole"]) == (25, "bit-identical"), row["reason"]


def test_who_keeps_state_and_who_does_not_is_said(here: Path) -> None:
    settings = {"board": "mps2_an386", "samples": 3}
    row = hilbench.measure("step.tflite", **settings)
    assert "began anew with each sample" in row["notes"]
    assert (row["oracle_max_lsb"], row.get("stream_steps")) == (0, None)
    text = Path("stream.yaml").read_text()
    (here / "cnn.tflite").write_bytes(residual_cnn("int8"))
    cnn = text.replace("step.tflite", "cnn.tflite").replace("file: sequences.npz, ", "")
    Path("cnn.yaml").write_text(cnn)
    assert "keeps no state" in hilbench.measure("cnn.yaml")["notes"]
