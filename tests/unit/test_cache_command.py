"""`hilbench cache`: sizes by stage, pruning by age and size."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hilbench.cli.main import app
from hilbench.core.errors import UsageError
from hilbench.core.store import Store


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HILBENCH_CACHE", str(tmp_path / "cache"))
    for stage, days in (("train", 40), ("train", 3), ("build", 0)):
        store, key = Store(tmp_path / "cache"), f"{days:032}"
        store.get(stage, key, Path, _file)
        used = time.time() - days * 86400
        os.utime(tmp_path / "cache" / stage / key, (used, used))
    return tmp_path / "cache"


def _file(folder: Path) -> Path:
    (folder / "file").write_bytes(bytes(1 << 20))
    return folder / "file"


@pytest.fixture
def run() -> Callable[..., str]:
    def run(*arguments: str) -> str:
        result = CliRunner().invoke(app, ["cache", *arguments])
        if result.exception:
            raise result.exception
        return result.output

    return run


def stages(run: Callable[..., str]) -> dict[str, int]:
    return {row["stage"]: row["entries"] for row in json.loads(run("--json"))}


def test_size_and_entries_by_stage(cache: Path, run: Callable[..., str]) -> None:
    assert stages(run) == {"build": 1, "train": 2}
    lines = run().splitlines()
    assert lines[0].split() == ["stage", "entries", "size", "MB"]
    assert ["train", "2", "2.0"] in [line.split() for line in lines]


def test_prune_by_age_then_by_size(cache: Path, run: Callable[..., str]) -> None:
    assert "1 result removed, 1.0 MB" in run("prune", "--older-than", "30d")
    assert stages(run) == {"build": 1, "train": 1}
    assert "1 result removed" in run("prune", "--keep", "1100kB")
    assert stages(run) == {"build": 1}
    assert "0 results removed" in run("prune", "--older-than", "30d", "--keep", "5GB")


@pytest.mark.parametrize(
    "arguments", [[], ["--keep", "5"], ["--keep", "5gb"], ["--older-than", "x"]]
)
def test_amounts_that_are_none(run: Callable[..., str], arguments: list[str]) -> None:
    with pytest.raises(UsageError):
        run("prune", *arguments)


def test_an_empty_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., str]
) -> None:
    monkeypatch.setenv("HILBENCH_CACHE", str(tmp_path / "none"))
    assert json.loads(run("--json")) == []
    assert not (tmp_path / "none").exists()
