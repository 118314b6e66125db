"""A program is asked for its version once, and again when it has changed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hilbench.core import versions


def program(path: Path, says: str) -> str:
    path.write_text(f'#!/bin/sh\necho x >> "$0.asked"\necho "{says} $1"\n')
    path.chmod(0o755)
    return str(path)


def test_it_is_asked_once_and_again_when_it_has_changed(tmp_path: Path) -> None:
    path = program(tmp_path / "tool", "tool 1.0")
    with ThreadPoolExecutor(4) as pool:
        said = set(pool.map(lambda _: versions.ask(path, "--version").stdout, range(8)))
    assert said == {"tool 1.0 --version\n"}
    assert (tmp_path / "tool.asked").read_text() == "x\n"
    program(tmp_path / "tool", "tool 12.0")
    assert versions.ask(path, "--version").stdout == "tool 12.0 --version\n"


def test_one_that_fails_is_an_answer_too(tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("#!/bin/sh\nexit 3\n")
    (tmp_path / "tool").chmod(0o755)
    assert versions.ask(str(tmp_path / "tool"), "--version").returncode == 3
