"""Names that the firmware and the plugin show to a linker."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from family_tools import require

from hilbench.arch import cortex_m
from hilbench.config.board import Board, load_board
from hilbench.core.deadline import Deadline
from hilbench.core.paths import firmware_dir
from hilbench.core.store import Store
from hilbench.cycles import layout
from hilbench.cycles.shared_object import ensure_plugin
from hilbench.image.config import header

pytestmark = pytest.mark.emulator

FOLDERS = ("kernels", "runtime", "arch/cortex_m", "arch/riscv", "counter", "uart")
HOST_ONLY = {"clock.c", "fd.c"}
SOURCES = sorted(
    path
    for folder in FOLDERS
    for path in (firmware_dir() / folder).glob("*.c")
    if path.name not in HOST_ONLY
)
DEFAULT, DRIVEN = (
    "mps2_an386",
    {
        "stm32_lpuart.c": "nucleo_l4r5zi",
        "stm32_usart.c": "nucleo_g0b1re",
        "pl011.c": "raspberry_pi_pico",
        "nrf_uarte.c": "nrf5340_dk",
        "stm32_tim.c": "netduinoplus2",
        "minstret.c": "rv32_virt",
    },
)
OF_SET = {"v6m": "microbit", "v7m": "mps2_an385", "mve": "mps3_an547"}
"""A board for which each source is compiled."""


def board_of(source: Path) -> Board:
    if source.parent.name == "riscv":
        return require(load_board("rv32_virt"))
    of_set = OF_SET.get(source.stem.partition("__")[2], DEFAULT)
    return require(load_board(DRIVEN.get(source.name, of_set)))


def listed(*arguments: str | Path) -> list[str]:
    """The names that nm lists."""
    said = subprocess.run(["nm", *arguments], check=True, capture_output=True, text=True)
    return [line.split()[-1] for line in said.stdout.splitlines()]


def externals(path: Path, *options: str) -> list[str]:
    return listed("-g", "--defined-only", *options, path)


MOVERS = {"memcpy", "memmove", "memset"}
"""Of the C library, what a kernel may call: GCC calls them itself."""


def called(compiled: Path) -> set[str]:
    """What an object takes from elsewhere, the compiler's own functions left out."""
    return {name for name in listed("--undefined-only", compiled) if not name.startswith("__")}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_external_of_the_firmware_has_a_prefix(source: Path, tmp_path: Path) -> None:
    """A third party's archive may define crc32 or reset; a name in two words says whose it is."""
    board = board_of(source)
    (tmp_path / "board_config.h").write_text(header(board))
    folders = ("include", "kernels", "runtime", f"arch/{board.family.name}")
    includes = [f"-I{tmp_path}", *(f"-I{firmware_dir() / folder}" for folder in folders)]
    command = [board.family.toolchain.gcc, "-std=c11", "-O2", *board.cpu.flags, *includes]
    subprocess.run([*command, "-c", source, "-o", tmp_path / "x.o"], check=True)
    for name in externals(tmp_path / "x.o"):
        assert "_" in name, f"{source.name}: {name}"
    if source.parent.name == "kernels":
        assert called(tmp_path / "x.o") <= MOVERS


@pytest.mark.parametrize("core", ["microbit", "rv32_virt_imafc"])
def test_kernels_of_floats_call_nothing_of_libm(core: str, tmp_path: Path) -> None:
    """Without an FPU, and with another: how long a kernel takes must not depend on a library."""
    board = require(load_board(core))
    sources = [path for path in SOURCES if re.search(r"<math\.h>|_f32\.h\"", path.read_text())]
    sources = [path for path in sources if path.name.endswith("__ref.c")]
    assert len(sources) > 20
    command = [board.family.toolchain.gcc, "-std=c11", "-O1", *board.cpu.flags]
    subprocess.run([*command, "-c", *sources], check=True, cwd=tmp_path)
    for compiled in tmp_path.glob("*.o"):
        assert called(compiled) <= MOVERS, compiled.name


def test_the_plugin_shows_qemu_its_two_symbols_only(tmp_path: Path) -> None:
    built = ensure_plugin(Store(tmp_path), cortex_m.EMULATOR, Deadline.after(120, "plugin"))
    assert built.path is not None, built.reason
    names = externals(built.path, "-D")
    assert set(names) == {"qemu_plugin_install", "qemu_plugin_version"}


TWICE = r"""
.thumb
.macro function name
.thumb_func
.type \name, %function
\name: nop
bx lr
.size \name, . - \name
.endm
function same
"""
ONCE = "".join(f".global {name}\nfunction {name}\n" for name in (layout.START, layout.END))
STACK = "".join(f".global {name}\n{name}:\n" for name in ("hb_stack_bottom", "hb_stack_top"))


def test_functions_of_one_name_are_all_there(tmp_path: Path) -> None:
    """Static functions of two files: a profile had what one of them took as that of nobody."""
    for name, text in (("a", TWICE), ("b", TWICE + ONCE + STACK)):
        (tmp_path / f"{name}.s").write_text(text)
        assembled = ["arm-none-eabi-as", f"{name}.s", "-o", f"{name}.o"]
        subprocess.run(assembled, cwd=tmp_path, check=True)
    linked = ["arm-none-eabi-ld", "-Ttext=0x100", "-e", "0", "a.o", "b.o", "-o", "both.elf"]
    subprocess.run(linked, cwd=tmp_path, check=True)
    found = layout.read(tmp_path / "both.elf", load_board(DEFAULT))
    assert found.names == ("same", "same", layout.START, layout.END)
