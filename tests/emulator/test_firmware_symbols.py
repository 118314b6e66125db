"""Names that the firmware and the plugin show to a linker."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from hilbench.config.board import load_board
from hilbench.core.deadline import Deadline
from hilbench.core.paths import firmware_dir
from hilbench.core.store import Store
from hilbench.cycles.shared_object import ensure_plugin
from hilbench.image.config import header

pytestmark = pytest.mark.emulator

FOLDERS = ("kernels", "runtime", "arch/cortex_m", "counter", "uart")
HOST_ONLY = {"clock.c", "fd.c"}
SOURCES = sorted(
    path
    for folder in FOLDERS
    for path in (firmware_dir() / folder).glob("*.c")
    if path.name not in HOST_ONLY
)
INCLUDES = [f"-I{firmware_dir() / folder}" for folder in ("include", *FOLDERS)]
DEFAULT, DRIVEN = "mps2_an386", {"stm32_lpuart.c": "nucleo_l4r5zi", "stm32_tim.c": "netduinoplus2"}
"""A board whose settings each source compiles with."""
COMPILE = [
    "arm-none-eabi-gcc",
    "-std=c11",
    "-O2",
    "-mcpu=cortex-m4",
    "-mthumb",
    "-mfpu=fpv4-sp-d16",
]


def externals(path: Path, *options: str) -> list[str]:
    listed = subprocess.run(
        ["nm", "-g", "--defined-only", *options, path], check=True, capture_output=True, text=True
    )
    return [line.split()[-1] for line in listed.stdout.splitlines()]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_external_of_the_firmware_has_a_prefix(source: Path, tmp_path: Path) -> None:
    """A third party's archive may define crc32 or reset; a name in two words says whose it is."""
    (tmp_path / "board_config.h").write_text(header(load_board(DRIVEN.get(source.name, DEFAULT))))
    command = [*COMPILE, "-mfloat-abi=hard", f"-I{tmp_path}", *INCLUDES]
    subprocess.run([*command, "-c", source, "-o", tmp_path / "x.o"], check=True)
    for name in externals(tmp_path / "x.o"):
        assert "_" in name, f"{source.name}: {name}"


def test_the_plugin_shows_qemu_its_two_symbols_only(tmp_path: Path) -> None:
    built = ensure_plugin(Store(tmp_path), Deadline.after(120, "plugin"))
    assert built.path is not None, built.reason
    names = externals(built.path, "-D")
    assert set(names) == {"qemu_plugin_install", "qemu_plugin_version"}
