"""A whole session on an emulated Cortex-M4, and every way in which one can end early."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import misbehaving
import psutil
import pytest
from misbehaving import SCHEDULE, Behaviour, measure, sample

from hilbench.config.board import Board, load_board
from hilbench.core.artifacts import Firmware
from hilbench.core.deadline import Deadline
from hilbench.core.errors import DeadlineExceeded, EngineError, LinkError, MissingTool, TargetError
from hilbench.core.settings import Settings
from hilbench.image import image
from hilbench.link.exchange import Exchange
from hilbench.link.messages import Init, Invoke, Invoked, Ready, SelfTest, SelfTested
from hilbench.targets import qemu

pytestmark = pytest.mark.emulator

QEMU = qemu.Qemu(Settings.read())


@pytest.fixture(scope="module")
def board() -> Board:
    return load_board("mps2_an386")


@pytest.fixture(scope="module")
def firmware(tmp_path_factory: pytest.TempPathFactory) -> Firmware:
    return misbehaving.build(tmp_path_factory.mktemp("firmware"))


@pytest.fixture(autouse=True)
def nothing_stays_behind():
    """Every test ends with as many children and open files as it began with."""
    this = psutil.Process()
    files = this.num_fds()
    yield
    assert this.children(recursive=True) == []
    assert this.num_fds() <= files


def test_a_session(firmware: Firmware, board: Board, tmp_path: Path) -> None:
    found = measure(firmware, board, tmp_path)
    expected = bytes((3 * v + 1) % 256 for v in sample(Behaviour.COMPUTE)[0])
    assert found.outputs == ((expected,),) * 2
    assert found.device.board == "mps2_an386"
    assert found.device.model_sha256 == "00" * 32
    assert found.stack_bytes == 4096
    assert 100 < found.stack_used_bytes < 1024
    assert found.retransmissions == 0
    assert found.self_test == "400000 instructions for a loop of 400000 instructions"
    assert len(set(found.ticks)) == 1
    assert found.ticks[0] >= SCHEDULE.min_ticks


def test_the_same_counts_however_busy_the_host_is(
    firmware: Firmware, board: Board, tmp_path: Path
) -> None:
    first = measure(firmware, board, tmp_path)
    burner = psutil.Popen(["sh", "-c", "while :; do :; done"])
    try:
        assert all(measure(firmware, board, tmp_path) == first for _ in range(3))
    finally:
        burner.kill()
        burner.wait()


def test_ticks_are_proportional_to_iterations(
    firmware: Firmware, board: Board, tmp_path: Path
) -> None:
    deadline = Deadline.after(60, "measuring")
    with QEMU.start(firmware.elf, board, tmp_path, deadline) as running:
        exchange = Exchange(running.stream, deadline, lambda _: "")
        exchange.greet()
        exchange.ask(Init(), Ready)
        ticks = [exchange.ask(Invoke(n), Invoked).ticks for n in (1000, 2000, 4000)]
    assert ticks[1] == pytest.approx(2 * ticks[0], abs=1)
    assert ticks[2] == pytest.approx(4 * ticks[0], abs=2)


def test_a_counter_of_32_bits_is_extended(firmware: Firmware, board: Board, tmp_path: Path) -> None:
    """At shift 10 an instruction takes 25.6 ticks: 168 million are more than 2^32."""
    slow = board.model_copy(update={"target": board.target.model_copy(update={"icount_shift": 10})})
    deadline = Deadline.after(60, "measuring")
    with QEMU.start(firmware.elf, slow, tmp_path, deadline) as running:
        exchange = Exchange(running.stream, deadline, lambda _: "")
        exchange.greet()
        tested = exchange.ask(SelfTest(84_000_000), SelfTested, patience=30)
    assert tested.ticks > 1 << 32
    # The interrupt handler that counts the overflow takes some instructions too.
    assert tested.ticks == pytest.approx(168_000_000 * 25.6, abs=100 * 25.6)


def test_a_uart_instead_of_semihosting(board: Board, tmp_path: Path) -> None:
    uart = type(board.uart)(driver="cmsdk", base=0x40004000, clock_hz=25_000_000)
    with_uart = board.model_copy(update={"uart": uart})
    sources = misbehaving.sources(tmp_path)
    built = image.build(sources, with_uart, tmp_path / "build", Deadline.after(60, "building"))
    assert len(set(measure(built, with_uart, tmp_path).ticks)) == 1


def test_a_board_file_with_a_wrong_counter(board: Board, tmp_path: Path) -> None:
    counter = board.counter.model_copy(update={"per_tick": 20})
    wrong = board.model_copy(update={"counter": counter})
    sources = misbehaving.sources(tmp_path)
    built = image.build(sources, wrong, tmp_path / "build", Deadline.after(60, "building"))
    with pytest.raises(TargetError, match="'cmsdk' failed its self-test: 200000 instructions"):
        measure(built, wrong, tmp_path)


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        (Behaviour.BAD_ADDRESS, r"hard fault at pc=0x.* \(engine_invoke at engine\.c:\d+\): .*bus"),
        (Behaviour.DIVIDE_BY_ZERO, r"hard fault at pc=0x.* \(engine_invoke .*division by zero"),
        (Behaviour.OVERFLOW_STACK, "the stack overflowed"),
        (Behaviour.LOCK_UP, r"the emulated CPU stopped at pc=0x.*: Lockup: .*exception"),
    ],
)
def test_crashes(
    firmware: Firmware, board: Board, tmp_path: Path, behaviour: Behaviour, message: str
) -> None:
    with pytest.raises(TargetError, match=message) as caught:
        measure(firmware, board, tmp_path, behaviour)
    assert "\n" not in str(caught.value)


def test_an_engine_that_refuses(firmware: Firmware, board: Board, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"^not today$"):
        measure(firmware, board, tmp_path, Behaviour.REFUSE)


def test_an_endless_loop(firmware: Firmware, board: Board, tmp_path: Path) -> None:
    with pytest.raises(
        DeadlineExceeded, match=r"measuring took longer than 1\.5 s: no answer to INVOKE, sent"
    ):
        measure(firmware, board, tmp_path, Behaviour.HANG, seconds=1.5)


def test_endless_garbage(firmware: Firmware, board: Board, tmp_path: Path) -> None:
    with pytest.raises(DeadlineExceeded, match=r"no answer to INVOKE"):
        measure(firmware, board, tmp_path, Behaviour.CHATTER, seconds=1.5)


def test_qemu_killed_in_mid_run(firmware: Firmware, board: Board, tmp_path: Path) -> None:
    deadline = Deadline.after(30, "measuring")
    with (
        pytest.raises(TargetError, match=r"QEMU ended with killed by SIGKILL$"),
        QEMU.start(firmware.elf, board, tmp_path, deadline) as running,
    ):
        exchange = Exchange(running.stream, deadline, lambda _: "")
        exchange.greet()
        os.kill(running.process.child.pid, signal.SIGKILL)
        exchange.ask(Init(), Ready)


def test_qemu_that_refuses_to_start(firmware: Firmware, board: Board, tmp_path: Path) -> None:
    target = board.target.model_copy(update={"machine": "no-such-machine"})
    wrong = board.model_copy(update={"target": target})
    with pytest.raises(TargetError, match=r"QEMU ended with exit status 1: .*unsupported machine"):
        measure(firmware, wrong, tmp_path)
    assert "unsupported machine" in (tmp_path / "qemu.log").read_text()


def test_qemu_that_is_not_installed(
    firmware: Firmware, board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingTool, match=r"qemu-system-arm .*apt-get install qemu-system-arm"):
        measure(firmware, board, tmp_path)


def test_an_image_that_is_none(board: Board, tmp_path: Path, firmware: Firmware) -> None:
    broken = tmp_path / "broken.elf"
    broken.write_bytes(b"\x7fELF" + bytes(60))
    with pytest.raises((TargetError, LinkError)) as caught:
        deadline = Deadline.after(4, "measuring")
        with QEMU.start(broken, board, tmp_path, deadline) as running:
            Exchange(running.stream, deadline, lambda _: "").greet()
    assert "\n" not in str(caught.value)


def test_qemu_does_not_outlive_a_killed_hilbench(
    firmware: Firmware, board: Board, tmp_path: Path
) -> None:
    program = f"""
import time
from pathlib import Path
from hilbench.core.deadline import Deadline
from hilbench.core.settings import Settings
from hilbench.config.board import load_board
from hilbench.targets.qemu import Qemu
target, deadline = Qemu(Settings.read()), Deadline.after(60, "measuring")
elf, folder = Path({str(firmware.elf)!r}), Path({str(tmp_path)!r})
with target.start(elf, load_board({board.name!r}), folder, deadline) as running:
    print(running.process.child.pid, flush=True)
    time.sleep(60)
"""
    hilbench = psutil.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    emulator = psutil.Process(int(hilbench.stdout.readline()))
    hilbench.kill()
    hilbench.communicate()
    psutil.wait_procs([emulator], timeout=30)
    assert not emulator.is_running()


def test_the_block_ends_at_once_when_its_user_fails(
    firmware: Firmware, board: Board, tmp_path: Path
) -> None:
    began = time.monotonic()
    with (
        pytest.raises(KeyError),
        QEMU.start(firmware.elf, board, tmp_path, Deadline.after(60, "measuring")),
    ):
        raise KeyError
    assert time.monotonic() - began < 30
