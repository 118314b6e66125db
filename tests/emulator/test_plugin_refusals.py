"""What the plugin does not accept as its configuration."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from hilbench.arch import cortex_m
from hilbench.config.chip import MemoryTiming
from hilbench.config.core import load_core
from hilbench.core.deadline import Deadline
from hilbench.core.store import Store
from hilbench.cycles import config, shared_object
from hilbench.cycles.config import Image, Range

pytestmark = pytest.mark.emulator

FLASH = Range(0x08000000, 0x08200000)
IMAGE = Image(FLASH, Range(0x20000000, 0x20001000), Range(0x20000000, 0x20000100), FLASH, 4, ())


@pytest.fixture(scope="session")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = shared_object.ensure_plugin(
        Store(tmp_path_factory.mktemp("cache")), cortex_m.EMULATOR, Deadline.after(120, "plugin")
    )
    assert built.path is not None, built.reason
    return built.path


@pytest.fixture
def lines(tmp_path: Path) -> list[str]:
    path = tmp_path / "good"
    config.write(path, load_core("cortex-m4"), MemoryTiming(), IMAGE, tmp_path / "windows")
    return path.read_text().splitlines()


def said(plugin: Path, folder: Path, lines: list[str]) -> str:
    """What QEMU says to a configuration of these lines, "" if it starts (and is stopped)."""
    (folder / "config").write_text("".join(f"{line}\n" for line in lines))
    arguments = config.arguments(plugin, folder / "config")
    command = [cortex_m.EMULATOR.program, "-M", "none", "-display", "none", "-S", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=3)
    except subprocess.TimeoutExpired:
        return ""
    assert done.returncode != 0
    return done.stderr


def test_a_whole_configuration_is_accepted(plugin: Path, tmp_path: Path, lines: list[str]) -> None:
    assert said(plugin, tmp_path, lines) == ""


def test_nothing_may_be_missing(plugin: Path, tmp_path: Path, lines: list[str]) -> None:
    for number, line in enumerate(lines):
        key, value = line.split(" ", 1)
        name = value.split()[0] if key == "kind" else key
        message = said(plugin, tmp_path, lines[:number] + lines[number + 1 :])
        assert f"nothing about '{name}'" in message, line


def test_nothing_may_be_misspelt_or_there_twice(
    plugin: Path, tmp_path: Path, lines: list[str]
) -> None:
    for number, line in enumerate(lines):
        key, value = line.split(" ", 1)
        bad = f"kind x{value}" if key == "kind" else f"x{line}"
        message = said(plugin, tmp_path, [*lines[:number], bad, *lines[number + 1 :]])
        assert f":{number + 1}: not understood, or there twice: {bad}" in message
        message = said(plugin, tmp_path, [*lines, line])
        assert f":{len(lines) + 1}: not understood, or there twice: {line}" in message


@pytest.mark.parametrize("value", ["", "-1", "5x", "0x", "1 2", "4294967296", "five"])
def test_numbers_are_numbers(plugin: Path, tmp_path: Path, lines: list[str], value: str) -> None:
    at = lines.index("fetch_buffer 3")
    changed = [*lines[:at], f"fetch_buffer {value}", *lines[at + 1 :]]
    assert "not understood" in said(plugin, tmp_path, changed)


def test_no_file(plugin: Path, tmp_path: Path) -> None:
    command = [
        cortex_m.EMULATOR.program,
        "-M",
        "none",
        *config.arguments(plugin, tmp_path / "none"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10)
    assert f"cannot read {tmp_path / 'none'}: No such file or directory" in done.stderr
