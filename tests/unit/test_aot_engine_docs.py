"""The example of docs/adding-an-engine.md is an engine that hilbench finds and can use."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tflite_builder import Spec, single_operator

import hilbench.engines
from hilbench.cli.commands import list_
from hilbench.config.board import load_board
from hilbench.core import registry
from hilbench.core.errors import Unsupported
from hilbench.core.paths import firmware_dir
from hilbench.engines.base import Engine, engines

BOARD = load_board("mps2_an386")
GUIDE = Path(__file__).parents[2] / "docs" / "adding-an-engine.md"


@pytest.fixture
def echo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    code = re.search(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert code is not None
    (tmp_path / "echo.py").write_text(code[1])
    paths = [*hilbench.engines.__path__, str(tmp_path)]
    monkeypatch.setattr(hilbench.engines, "__path__", paths)
    yield engines()["echo"]
    sys.modules.pop("hilbench.engines.echo", None)
    registry._imported.cache_clear()


def test_it_is_listed(echo: Engine) -> None:
    columns, rows = list_._TABLES[list_.What.ENGINES]()
    assert dict(zip(columns, next(r for r in rows if r[0] == "echo"), strict=True)) == {
        "engine": "echo", "description": "gives back its input", "from": "hilbench"
    }  # fmt: skip


def test_it_keeps_the_contract(echo: Engine, tmp_path: Path) -> None:
    tflite = tmp_path / "model.tflite"
    tflite.write_bytes(single_operator("TANH", [Spec((3,), "int8", 1)], [Spec((3,), "int8", 1)]))
    first, second = (echo.compile(tflite, BOARD, tmp_path, b"") for _ in range(2))
    assert first == second
    assert echo.supports(BOARD) and echo.trial is None
    assert len(echo.fingerprint(BOARD)) == 64
    text = first.sources[0].read_text()
    for declared in re.findall(r"(engine_(?!copy_)\w+)[\[(]", header()):
        assert declared in text
    assert first.model_sha256 in text


def header() -> str:
    """engine.h without its comments."""
    text = (firmware_dir() / "include" / "engine.h").read_text()
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def test_it_refuses_what_it_cannot_run(echo: Engine, tmp_path: Path) -> None:
    tflite = tmp_path / "model.tflite"
    tflite.write_bytes(single_operator("TANH", [Spec((3,))], [Spec((3,))]))
    with pytest.raises(Unsupported, match="tensor 0 float32"):
        echo.compile(tflite, BOARD, tmp_path, b"")
