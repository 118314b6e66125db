"""Target `renode` without a Renode: its commands, its platform file, its errors.

A stand-in that behaves as a real one was seen to takes its place (renode_stand_in.py).
"""

from __future__ import annotations

import re
import sys
import time
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import pytest

from hilbench.config.bench import load_bench
from hilbench.config.board import Board, load_board
from hilbench.core.deadline import Deadline
from hilbench.core.errors import DeadlineExceeded, LinkError, Skipped, TargetError
from hilbench.core.settings import Settings
from hilbench.pipeline.plan import station
from hilbench.targets import renode, renode_monitor
from hilbench.targets.base import Target, targets

BOARD = load_board("nucleo_l4r5zi")
PLATFORM = (BOARD.folder / "platform.repl").read_text()

STAND_IN = Path(__file__).parents[1] / "renode_stand_in.py"


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that behaves as Renode does; HOME is empty, so that what it leaves there shows."""
    program = tmp_path / "renode"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {STAND_IN} "$@"\n')
    program.chmod(0o755)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("HILBENCH_RENODE", str(program))
    return program


@pytest.fixture
def elf(tmp_path: Path) -> Path:
    path = tmp_path / "fw.elf"
    path.write_bytes(b"\x7fELF")
    return path


def soon() -> Deadline:
    return Deadline.after(20, "measure")


def started(elf: Path, folder: Path) -> AbstractContextManager[renode.RunningRenode]:
    return renode.Renode(Settings.read()).start(elf, BOARD, folder, soon())


def test_a_renode_that_is_not_installed_skips_the_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HILBENCH_RENODE", str(tmp_path / "none"))
    with (
        pytest.raises(Skipped, match=r"Renode is not installed .unpack renode") as caught,
        started(tmp_path / "fw.elf", tmp_path),
    ):
        pass
    assert caught.value.status == "skipped"


def driven() -> Target:
    """What would drive the board."""
    settings = Settings.read()
    return station(BOARD, load_bench(settings), targets(settings)).target


def test_the_bench_file_chooses_renode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = tmp_path / "bench.yaml"
    monkeypatch.setenv("HILBENCH_BENCH", str(bench))
    bench.write_text("schema: 1\n")
    assert driven().kind == "pyocd"
    bench.write_text("schema: 1\nboards: [{board: nucleo_l4r5zi, probe: r, emulated_by: renode}]\n")
    assert driven().kind == "renode"


def test_a_board_without_a_platform_file(stand_in: Path, tmp_path: Path) -> None:
    other = load_board("mps2_an386")
    with (
        pytest.raises(TargetError, match=r"has no platform\.repl"),
        renode.TARGET(Settings.read()).start(tmp_path / "fw.elf", other, tmp_path, soon()),
    ):
        pass


def test_bytes_pass_and_ticks_are_instructions(stand_in: Path, elf: Path, tmp_path: Path) -> None:
    with started(elf, tmp_path) as running:
        assert running.facts.counter_unit == "instructions"
        running.stream.timeout = 5
        running.stream.write(b"hello")
        assert running.stream.read(5) == b"HELLO"
        assert running.diagnose() == ""
        child = running.child
    assert child.poll() is not None, "it ends with the block"
    assert list((tmp_path / "home").iterdir()) == [], "nothing of it stays in the user's home"


def test_a_renode_that_dies_is_named(stand_in: Path, elf: Path, tmp_path: Path) -> None:
    with (
        pytest.raises(TargetError, match=r"^Renode ended with exit status 1: the machine burns$"),
        started(elf, tmp_path) as running,
    ):
        running.stream.timeout = 5
        running.stream.write(b"die")
        with suppress(OSError):
            while running.stream.read(1):
                pass
        raise LinkError("the port was lost")


def test_a_core_that_falls_silent_is_asked_where_it_is(
    stand_in: Path, elf: Path, tmp_path: Path
) -> None:
    asked = "silence; executed instructions 0x00000000004FF4C0, pc 0x8000fae$"
    with (
        pytest.raises(LinkError, match=asked),
        started(elf, tmp_path),
    ):
        raise LinkError("silence")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("UART.STM32F7_USART", "UART.Unknown_USART"), r"Error E04: Could not resolve type: 'UART"),
        (('"cortex-m4f"', '"cortex-m9"'), r"Error E38: Exception was thrown during construction"),
    ],
)
def test_a_platform_file_that_renode_refuses(
    stand_in: Path,
    elf: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: tuple[str, str],
    message: str,
) -> None:
    assert change[0] in PLATFORM
    (tmp_path / "platform.repl").write_text(PLATFORM.replace(*change))
    monkeypatch.setattr(Board, "folder", tmp_path)
    before = time.monotonic()
    with (
        pytest.raises(TargetError, match=f"^Renode says: There was an error .*{message}"),
        started(elf, tmp_path),
    ):
        pass
    assert time.monotonic() - before < 10, "at once, not when the time is up"


def test_a_missing_program_is_named(stand_in: Path, tmp_path: Path) -> None:
    with (
        pytest.raises(TargetError, match=r"^Renode says: Could not find file '.*firmware\.elf'"),
        started(tmp_path / "none.elf", tmp_path),
    ):
        pass


def test_a_uart_of_another_name(
    stand_in: Path, elf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The terminal is there, and nothing is connected to it."""
    monkeypatch.setattr(renode, "_UART", "lpuart7")
    with (
        pytest.raises(TargetError, match=r"^Renode says: Parameters did not match the signature"),
        started(elf, tmp_path),
    ):
        pass


def test_a_renode_that_never_starts_says_what_it_last_said(
    stand_in: Path, elf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in.write_text("#!/bin/sh\necho loading the moon\nsleep 60\n")
    monkeypatch.setattr(renode, "START_SECONDS", 0.5)
    with (
        pytest.raises(
            DeadlineExceeded, match=r"starting Renode took longer.* said: loading the moon"
        ),
        started(elf, tmp_path),
    ):
        pass


def test_a_renode_that_ends_at_once(stand_in: Path, elf: Path, tmp_path: Path) -> None:
    stand_in.write_text("#!/bin/sh\necho no mono here\nexit 3\n")
    with (
        pytest.raises(TargetError, match=r"^Renode ended with exit status 3: no mono here"),
        started(elf, tmp_path),
    ):
        pass


@pytest.mark.parametrize("name", ['a"b', "a;quit", "a\nquit", "a\\b", "a b", "@x", "a'b,%"])
def test_no_path_of_the_users_reaches_the_monitor(
    stand_in: Path, tmp_path: Path, name: str
) -> None:
    """A quote or a newline in the cache's path would end one command and begin another."""
    elf = tmp_path / name / "fw.elf"
    elf.parent.mkdir()
    elf.write_bytes(b"\x7fELF")
    with started(elf, tmp_path) as running:
        running.stream.timeout = 5
        running.stream.write(b"hi")
        assert running.stream.read(2) == b"HI"
    assert str(elf) not in (tmp_path / "renode.log").read_text()


def test_a_temporary_folder_that_cannot_be_named(
    stand_in: Path, elf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = tmp_path / 'x"; quit'
    hostile.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(hostile))
    with (
        pytest.raises(TargetError, match=r"Renode cannot be told of the folder .*\(set TMPDIR"),
        started(elf, tmp_path),
    ):
        pass
    assert list(hostile.iterdir()) == []


def test_the_script_ends_with_the_terminal() -> None:
    script = renode_monitor.script(
        Path("/a b/p.repl"), Path("/fw.elf"), Path("/tmp/console"), "lpuart1", 0x08000000
    )
    assert script == [
        "mach create",
        r"machine LoadPlatformDescription @/a\ b/p.repl",
        "sysbus LoadELF @/fw.elf",
        "sysbus.cpu VectorTableOffset 0x8000000",
        'emulation CreateUartPtyTerminal "console" "/tmp/console"',
        "connector Connect sysbus.lpuart1 console",
        "start",
    ]


def test_nothing_listens() -> None:
    """`--disable-gui` alone opens a port, `-P` and the socket terminal bind to every interface."""
    line = renode_monitor.command_line("renode", Path("/config"), ["start"])
    assert "--console" in line
    assert not {"-P", "--port"} & set(line)
    assert "SocketTerminal" not in " ".join(line)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("(monitor) start\nStarting emulation...\n(machine-0) ", ""),
        ("Could not find file '/x'.", ""),  # the line is not complete yet
        ("(machine-0) Could not find file '/x'.\n", "Could not find file '/x'."),
        (
            "There was an error executing command 'x'\nError E10: Property 'y' does not exist\n",
            "There was an error executing command 'x': Error E10: Property 'y' does not exist",
        ),
        ("Error E00: Syntax error, unexpected '.'\n(machine-0) ", "Error E00: Syntax error, un"),
        ("No such command or device: mach\n", "No such command or device: mach"),
        ("Could not tokenize here:\n a;b\n ^\n", "Could not tokenize here:: a;b"),
    ],
)
def test_refusals_are_recognised(said: str, reason: str) -> None:
    assert renode_monitor.refusal(said).startswith(reason)
    assert bool(renode_monitor.refusal(said)) == bool(reason)


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
    # A tick is an instruction, and takes a whole number of Renode's steps of 1 ns.
    mips = value("cpu", "PerformanceInMips")
    assert value("nvic", "systickFrequency") == value("dwt", "frequency") == mips * 1_000_000
    assert 1000 % mips == 0
    # What board.c polls: HSIRDY, PLLRDY; SWS and SW both PLL.
    assert re.search(r'"RCC_CR" 0x03000500', PLATFORM)
    assert 0x03000500 >> 10 & 0x03000500 >> 25 & 1
    assert re.search(r'"RCC_CFGR" 0x0000000F', PLATFORM)
