"""Resolver, arena and generated sources of the engine tflm, without TFLM."""

from __future__ import annotations

import struct
from pathlib import Path

import fake_tflm
import numpy as np
import pytest
import small_graphs
from tflite_builder import Spec, single_operator

from hilbench.config.board import load_board
from hilbench.core import settings
from hilbench.core.artifacts import EngineSources
from hilbench.core.errors import BuildError, EngineError, Unsupported
from hilbench.core.settings import Settings
from hilbench.engines.tflm import ENGINE, arena, emit, library, resolver
from hilbench.tflite import state
from hilbench.tflite.reader import parse

BOARD = load_board("mps2_an386")
REPORT = struct.pack("<10I", 2733, 80, 1652, 276, 64, 40, 507, 0, 416, 0)


@pytest.fixture
def header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(settings.TFLM, str(fake_tflm.make(tmp_path / "tflm")))
    return library.find(BOARD.cpu, Settings.read().tflm).resolver_header


def test_functions_are_read_from_the_header(header: Path) -> None:
    assert resolver.methods(header) == {
        "ADD": "AddAdd",
        "AVERAGE_POOL_2D": "AddAveragePool2D",
        "BATCH_MATMUL": "AddBatchMatMul",
        "FULLY_CONNECTED": "AddFullyConnected",
        "SignalDelay": "AddDelay",
    }


def test_a_header_without_operators(tmp_path: Path) -> None:
    empty = tmp_path / "resolver.h"
    empty.write_text("class MicroMutableOpResolver {};\n")
    with pytest.raises(BuildError, match="TFLM: no operators in "):
        resolver.methods(empty)


def test_each_operator_is_added_once() -> None:
    methods = {"ADD": "AddAdd", "RESHAPE": "AddReshape"}
    graph = parse(single_operator("ADD", [Spec((1, 2)), Spec((1, 2))], [Spec((1, 2))]))
    assert resolver.needed(graph, methods) == ["AddAdd"]


def test_missing_operators_are_named() -> None:
    graph = parse(small_graphs.simple_rnn("int8"))
    with pytest.raises(Unsupported, match=r"^the library has no operator PACK, QUANTIZE, RE"):
        resolver.needed(graph, {"ADD": "AddAdd", "FULLY_CONNECTED": "AddFullyConnected"})


def test_the_arena_is_as_large_as_the_worst_moment_and_aligned() -> None:
    recorded = arena.parse(REPORT)
    assert recorded.bytes == 2736
    assert recorded.parts["persistent"] == 1652
    assert "needed" not in recorded.parts
    assert arena.parse(struct.pack("<10I", 2736, *([0] * 9))).bytes == 2736


@pytest.mark.parametrize(
    ("report", "message"),
    [
        (b"", "sent 0 bytes instead of 40"),
        (REPORT + b"\0", "sent 41 bytes instead of 40"),
        (bytes(40), "an impossible arena"),
        (struct.pack("<10I", 100, 80, 60, *([0] * 7)), "an impossible arena"),
    ],
)
def test_broken_reports(report: bytes, message: str) -> None:
    with pytest.raises(EngineError, match=message):
        arena.parse(report)


def test_the_file_becomes_words_and_its_length_is_said() -> None:
    text = emit.data(bytes(range(1, 8)), "ab12")
    assert "the 7 bytes" in text
    assert "    0x04030201, 0x00070605,\n" in text
    assert '_Alignas(16) __attribute__((section(".rodata.weights")))' in text


@pytest.fixture
def tflite(tmp_path: Path) -> Path:
    path = tmp_path / "model.tflite"
    kernel = Spec((2, 2), data=np.eye(2, dtype=np.float32))
    path.write_bytes(
        single_operator("FULLY_CONNECTED", [Spec((1, 2)), kernel, None], [Spec((1, 2))])
    )
    return path


@pytest.mark.usefixtures("header")
def test_sources_of_recorder_and_engine(tflite: Path, tmp_path: Path) -> None:
    trial, final = tmp_path / "trial", tmp_path / "final"
    trial.mkdir()
    final.mkdir()
    first = ENGINE.configured(Settings.read()).trial(tflite, BOARD, trial)
    second = ENGINE.configured(Settings.read()).compile(tflite, BOARD, final, REPORT)
    assert "recorder.cc" in names(first)
    assert "interpreter.cc" in names(second)
    assert first.arena_bytes > 500_000
    assert second.arena_bytes == 2736
    assert second.arena_parts["nodes"] == 416
    assert second.archives == (library.find(BOARD.cpu, Settings.read().tflm).archive,)
    assert second.library == library.find(BOARD.cpu, Settings.read().tflm).label
    assert second.library_build == library.find(BOARD.cpu, Settings.read().tflm).build.said
    header = (final / "library.h").read_text()
    assert "#define TF_LITE_STATIC_MEMORY 1" in header
    assert "#define HB_TFLM_VARIABLES 0" in header
    text = (final / "model.cc").read_text()
    assert "MicroMutableOpResolver<1>" in text
    assert text.count("resolver->Add") == 1
    assert "uint8_t arena[2736]" in text
    assert second.model_sha256 in text
    again = ENGINE.configured(Settings.read()).compile(tflite, BOARD, trial, REPORT)
    assert [p.read_bytes() for p in again.sources] == [p.read_bytes() for p in second.sources]


def test_a_network_with_variables_gets_a_place_for_them() -> None:
    """Without one TFLM refuses VAR_HANDLE."""
    graph = parse(small_graphs.stateful_cell())
    assert state.variables(graph) == 1
    assert "#define HB_TFLM_VARIABLES 1" in emit.library(False, state.variables(graph))


def names(sources: EngineSources) -> set[str]:
    return {path.name for path in sources.sources}


@pytest.mark.usefixtures("header")
def test_every_glue_file_is_there(tflite: Path, tmp_path: Path) -> None:
    sources = ENGINE.configured(Settings.read()).trial(tflite, BOARD, tmp_path)
    assert all(path.is_file() for path in sources.sources)


def test_the_fingerprint_follows_the_library(
    header: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ENGINE.configured(Settings.read()).fingerprint(BOARD)
    assert ENGINE.configured(Settings.read()).fingerprint(BOARD) == before
    other = fake_tflm.archive([fake_tflm.elf(fake_tflm.cpu())], ["reference"])
    root = fake_tflm.make(tmp_path / "other", {"cortex-m4+fp": other})
    monkeypatch.setenv(settings.TFLM, str(root))
    assert ENGINE.configured(Settings.read()).fingerprint(BOARD) != before
