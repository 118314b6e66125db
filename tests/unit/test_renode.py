"""Target `renode` without a Renode: its commands, its platform file, its errors.

A stand-in that makes the same pseudo-terminal takes its place.
"""

from __future__ import annotations

import re
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from hilbench.config.board import load_board
from hilbench.core.deadline import Deadline
from hilbench.core.errors import LinkError, Skipped, TargetError
from hilbench.core.settings import Settings
from hilbench.targets import renode, renode_monitor
from hilbench.targets.base import Recounted, target_for

BOARD = load_board("nucleo_l4r5zi")
PLATFORM = (BOARD.folder / "platform.repl").read_text()

STAND_IN = """\
#!{python}
import os, re, sys, threading, tty
commands = sys.argv[1:]
assert commands[:4] == ["--disable-gui", "--console", "--plain", "--hide-log"], commands
script = [b for a, b in zip(commands, commands[1:]) if a == "-e"]
{before}
link = re.search(r'CreateUartPtyTerminal "console" "(.+)"', " ".join(script))[1]
master, slave = os.openpty()
tty.setraw(slave)
os.symlink(os.ttyname(slave), link)
def monitor():
    for line in sys.stdin:
        print("(board)", line, end="")
        print({{"PC": "0x8000ABC", "ExecutedInstructions": "0x1F4"}}[line.split()[-1]], flush=True)
threading.Thread(target=monitor, daemon=True).start()
while True:
    data = os.read(master, 100)
    if data == b"die":
        sys.exit("the machine burns")
    os.write(master, data.upper())
"""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "renode"
    program.write_text(STAND_IN.format(python=sys.executable, before=""))
    program.chmod(0o755)
    monkeypatch.setenv("HILBENCH_RENODE", str(program))
    return program


def soon() -> Deadline:
    return Deadline.after(20, "measure")


def started(folder: Path) -> AbstractContextManager[renode.RunningRenode]:
    return renode.Renode(Settings.read()).start(folder / "fw.elf", BOARD, folder, soon())


def test_a_renode_that_is_not_installed_skips_the_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HILBENCH_RENODE", str(tmp_path / "none"))
    with (
        pytest.raises(Skipped, match=r"Renode is not installed .unpack renode") as caught,
        started(tmp_path),
    ):
        pass
    assert caught.value.status == "skipped"


def test_the_bench_file_chooses_renode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = tmp_path / "bench.yaml"
    monkeypatch.setenv("HILBENCH_BENCH", str(bench))
    assert target_for(BOARD, Settings.read()).kind == "pyocd"
    bench.write_text("schema: 1\nboards: [{board: nucleo_l4r5zi, probe: r, emulated_by: renode}]\n")
    assert target_for(BOARD, Settings.read()).kind == "renode"


def test_a_board_without_a_platform_file(stand_in: Path, tmp_path: Path) -> None:
    other = load_board("mps2_an386")
    with (
        pytest.raises(TargetError, match=r"has no platform\.repl"),
        renode.TARGET(Settings.read()).start(tmp_path / "fw.elf", other, tmp_path, soon()),
    ):
        pass


def test_bytes_pass_and_ticks_are_instructions(stand_in: Path, tmp_path: Path) -> None:
    with started(tmp_path) as running:
        assert isinstance(running, Recounted)
        assert running.counter_unit == "instructions"
        running.stream.timeout = 5
        running.stream.write(b"hello")
        assert running.stream.read(5) == b"HELLO"
        assert running.diagnose() == ""
        child = running.child
    assert child.poll() is not None, "it ends with the block"


def test_a_renode_that_dies_is_named(stand_in: Path, tmp_path: Path) -> None:
    with started(tmp_path) as running:
        running.stream.write(b"die")
        running.child.wait(10)
        assert running.diagnose() == "Renode ended with exit status 1: the machine burns"


def test_a_core_that_falls_silent_is_asked_where_it_is(stand_in: Path, tmp_path: Path) -> None:
    with (
        pytest.raises(LinkError, match="silence; executed instructions 0x1F4, pc 0x8000ABC"),
        started(tmp_path),
    ):
        raise LinkError("silence")


def test_a_renode_that_refuses_the_script(stand_in: Path, tmp_path: Path) -> None:
    text = STAND_IN.format(python=sys.executable, before='sys.exit("no such command")')
    stand_in.write_text(text)
    with (
        pytest.raises(TargetError, match="exit status 1: no such command"),
        started(tmp_path),
    ):
        pass


def test_the_script() -> None:
    script = renode_monitor.script(
        Path("/a b/p.repl"), Path("/fw.elf"), Path("/tmp/console"), "lpuart1", 0x08000000
    )
    assert script == [
        "mach create",
        r"machine LoadPlatformDescription @/a\ b/p.repl",
        'emulation CreateUartPtyTerminal "console" "/tmp/console"',
        "connector Connect sysbus.lpuart1 console",
        "sysbus LoadELF @/fw.elf",
        "sysbus.cpu VectorTableOffset 0x8000000",
        "start",
    ]


def value(entry: str, key: str) -> int:
    """`key: value` in the part of the platform file that begins with `entry:`."""
    part = PLATFORM.split(f"\n{entry}:")[1].split("\n\n")[0]
    match = re.search(rf"{key}: (\w+)", part)
    assert match is not None
    return int(match[1], 0)


def test_the_platform_file_is_the_board() -> None:
    memory = BOARD.memory
    assert f"@ sysbus {memory.flash.origin:#010x}".replace("0X", "0x") in PLATFORM
    assert value("flash", "size") == memory.flash.length
    assert value("sram", "size") == memory.ram.length
    assert f"<{BOARD.uart.base:#x}," in PLATFORM
    assert value("lpuart1", "frequency") == BOARD.uart.clock_hz
    assert value("nvic", "systickFrequency") == value("dwt", "frequency") == BOARD.clock_hz
    assert value("cpu", "PerformanceInMips") * 1_000_000 == BOARD.clock_hz
    # What board.c polls: HSIRDY, PLLRDY; SWS and SW both PLL.
    assert re.search(r'"RCC_CR" 0x03000500', PLATFORM)
    assert 0x03000500 >> 10 & 0x03000500 >> 25 & 1
    assert re.search(r'"RCC_CFGR" 0x0000000F', PLATFORM)
