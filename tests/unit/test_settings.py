"""Settings: read once, absolute, handed down; nothing else looks at the environment."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import hilbench
from hilbench.core.errors import UsageError
from hilbench.core.settings import Settings

PACKAGE = Path(hilbench.__file__).parent
READERS = {
    "core/settings.py",
    "core/doors.py",  # who asked for root, whose code may run
    "core/processes.py",  # what children inherit
}


def reads_environment(path: Path) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv", "putenv"}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )


def test_nothing_else_reads_the_environment() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if reads_environment(path)
    }
    assert found <= READERS


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = Settings.read({"HILBENCH_CACHE": "~/cache", "HILBENCH_TFLM": "~/tflm"})
    assert (settings.cache, settings.tflm) == (tmp_path / "cache", tmp_path / "tflm")


def test_relative_folders_stay_where_they_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.read({"HILBENCH_CACHE": "here"})
    monkeypatch.chdir("/")
    assert settings.cache == tmp_path / "here"


def test_standard_folders_and_the_option_above_its_variable(tmp_path: Path) -> None:
    variables = {
        "XDG_CACHE_HOME": "/c",
        "XDG_STATE_HOME": "/s",
        "XDG_CONFIG_HOME": "/f",
        "HILBENCH_TFLM": "/variable",
    }
    settings = Settings.read(variables, tflm=tmp_path)
    assert settings.cache == Path("/c/hilbench")
    assert settings.state == Path("/s/hilbench")
    assert settings.bench == Path("/f/hilbench/bench.yaml")
    assert settings.tflm == tmp_path


@pytest.mark.parametrize("name", ['d"d', "a;b", "a$(b)", "a\nb", "a\x1bb", "a\\b", "a\udcffb"])
def test_a_cache_that_build_tools_cannot_take_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=r"the cache's folder .*choose a folder without it"):
        Settings.read({"HILBENCH_CACHE": f"/tmp/{name}"})


def test_a_user_without_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", none)
    assert Settings.read({}).cache.parts[-1] == "hilbench"
    with pytest.raises(UsageError, match=r"~nobody-at-all/x cannot be found"):
        Settings.read({"HILBENCH_CACHE": "~nobody-at-all/x"})
