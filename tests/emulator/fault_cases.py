"""Faults of probe, serial line, emulator, firmware and bench, and what becomes of each.

`python tests/emulator/fault_cases.py` injects every one and writes docs/faults.md.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

import misbehaving
import serial
from misbehaving import Behaviour, sample
from simulated_bench import SimulatedBench, locks
from simulated_bench import bench as simulated_bench

from hilbench.core.errors import DeadlineExceeded, EngineError, JobError, TargetError
from hilbench.simprobe.cable import SerialFaults, cable
from hilbench.simprobe.faults import Faults

PROBE = "SIM1"
NONE = Faults()
Arrangement = Callable[[SimulatedBench], AbstractContextManager[object]]


@dataclass(frozen=True)
class Case:
    """One fault. An `error` of None means that the job gets through in spite of it.

    `seconds` is the job's deadline; the fault is noticed within `noticed`.
    """

    area: str
    name: str
    message: str = ""
    error: type[JobError] | None = None
    faults: Faults = NONE
    line: SerialFaults | None = None
    behaviour: Behaviour = Behaviour.COMPUTE
    arrange: Arrangement = field(default=lambda _: nullcontext())
    seconds: float = 30.0
    noticed: float = 30.0
    dead: bool = False


@dataclass(frozen=True)
class Outcome:
    """What the user saw, after how long, and what was left behind."""

    error: JobError | None
    retries: str
    retransmissions: int
    seconds: float
    marked_dead: bool
    left_behind: tuple[str, ...]
    next_job: bool


@contextmanager
def locked_by_another_process(bench: SimulatedBench) -> Iterator[None]:
    code = (
        "import time; from hilbench.core.deadline import Deadline\n"
        "from hilbench.core.settings import Settings\n"
        "from hilbench.targets.bench.locks import Locks\n"
        "locks = Locks(Settings.read().state)\n"
        f"with locks.any_of(['{PROBE}'], 'another run', Deadline.after(9, 'x')):\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    with _process([sys.executable, "-c", code]):
        yield


@contextmanager
def stale_lock(bench: SimulatedBench) -> Iterator[None]:
    with locked_by_another_process(bench):
        pass
    assert locks().owner(PROBE) is not None, "the dead owner left its file"
    yield


@contextmanager
def port_in_use(bench: SimulatedBench) -> Iterator[None]:
    with serial.Serial(bench.boards[PROBE].attached.port, exclusive=True):
        yield


@contextmanager
def no_port(bench: SimulatedBench) -> Iterator[None]:
    board = bench.boards[PROBE]
    port = board.attached.port
    board.change(port="")
    yield
    board.change(port=port)


@contextmanager
def swapped_port(bench: SimulatedBench) -> Iterator[None]:
    board = bench.boards[PROBE]
    bench.write({"probe": PROBE, "serial": PROBE, "port": board.device})
    board.change(port_serial="SIM2")
    yield
    board.change(port_serial=PROBE)
    bench.write({"probe": PROBE})


@contextmanager
def unplugged(bench: SimulatedBench) -> Iterator[None]:
    bench.unplug(PROBE)
    yield
    bench.plug(PROBE)


@contextmanager
def renumbered_chip(bench: SimulatedBench) -> Iterator[None]:
    bench.write({"probe": PROBE, "chip_id": 0x470})
    yield
    bench.write({"probe": PROBE})


@contextmanager
def wrong_pack(bench: SimulatedBench) -> Iterator[None]:
    pack = bench.folder / "chip.pack"
    pack.write_bytes(b"not what was downloaded")
    bench.write({"probe": PROBE, "pack": f"{{path: {pack}, sha256: '{'0' * 64}'}}"})
    yield
    bench.write({"probe": PROBE})


@contextmanager
def marked_dead(bench: SimulatedBench) -> Iterator[None]:
    locks().mark_dead(PROBE, "as configured: no acknowledge")
    yield


@contextmanager
def emulator_killed(bench: SimulatedBench) -> Iterator[None]:
    bench.boards[PROBE].child.kill()
    bench.boards[PROBE].child.wait()
    yield
    bench.plug(PROBE)


@contextmanager
def emulator_replaced_afterwards(bench: SimulatedBench) -> Iterator[None]:
    yield
    bench.plug(PROBE)


@contextmanager
def power_cycle_helps(bench: SimulatedBench) -> Iterator[None]:
    """The command repairs the board, as switching it off and on would."""
    board = bench.boards[PROBE]
    good = bench.folder / "good.json"
    board.change(faults=NONE)
    descriptor = bench.folder / "usb" / f"{PROBE}.json"
    good.write_text(descriptor.read_text())
    board.change(faults=Faults(powered=False))
    bench.write({"probe": PROBE, "power_cycle": f"[cp, {good}, {descriptor}]"})
    yield
    bench.write({"probe": PROBE})


@contextmanager
def _process(command: list[str]) -> Iterator[None]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == "held\n"
            yield
        finally:
            other.kill()


CASES = (
    Case("bench", "no debug probe with that id", "no debug probe|no serial port", TargetError,
         arrange=unplugged, seconds=3),
    Case("bench", "another chip than the bench file says",
         r"says 0x41043860, expected 0x470; nothing was erased", TargetError,
         arrange=renumbered_chip),
    Case("bench", "a CMSIS pack with another content", "has SHA-256", TargetError,
         arrange=wrong_pack),
    Case("bench", "the board is used by another process",
         r"stayed in use by process \d+ \(another run", TargetError,
         arrange=locked_by_another_process, seconds=1),
    Case("bench", "a lock whose owner was killed", arrange=stale_lock),
    Case("bench", "the board was marked as out of order", "is out of order.*boards clear",
         TargetError, arrange=marked_dead, dead=True),
    Case("bench", "the console's port is another device's", "belongs to 'SIM2'", TargetError,
         arrange=swapped_port),
    Case("bench", "no port with the console's serial number", "no serial port", TargetError,
         arrange=no_port, seconds=2),
    Case("bench", "the port is open in another process", "cannot be opened", TargetError,
         arrange=port_in_use),
    Case("probe", "wrong chip id", r"says 0xbad, expected 0x41043860; nothing", TargetError,
         faults=Faults(chip_id=0xBAD)),
    Case("probe", "no power on the target", "no acknowledge", TargetError,
         faults=Faults(powered=False), dead=True),
    Case("probe", "no power, until a power cycle", arrange=power_cycle_helps),
    Case("probe", "no power on the first connection only",
         faults=Faults(powered=False, connections=1)),
    Case("probe", "answers at a slow clock only", faults=Faults(max_hz=1e6)),
    Case("probe", "answers under reset only", faults=Faults(only_under_reset=True)),
    Case("probe", "WAIT from the beginning", "WAIT", TargetError, faults=Faults(wait_from=1),
         dead=True),
    Case("probe", "WAIT in the middle of programming, once",
         faults=Faults(wait_from=300, connections=1)),
    Case("probe", "FAULT from the beginning", "FAULT", TargetError, faults=Faults(fault_from=1),
         dead=True),
    Case("probe", "FAULT in the middle of programming, once",
         faults=Faults(fault_from=300, connections=1)),
    Case("probe", "unplugged while connecting", "unplugged", TargetError,
         faults=Faults(disconnect_at=3), dead=True),
    Case("probe", "unplugged while programming", "unplugged", TargetError,
         faults=Faults(disconnect_at=300), dead=True),
    Case("probe", "unplugged once, while programming",
         faults=Faults(disconnect_at=300, connections=1)),
    Case("probe", "flash with a bit that is stuck", "verify: 0x00000064 holds", TargetError,
         faults=Faults(stuck_bits=(100, 1)), dead=True),
    Case("probe", "every transfer takes half a second", "took longer than", DeadlineExceeded,
         faults=Faults(transfer_s=0.5), seconds=4, noticed=8),
    Case("serial", "every 401st byte is lost", line=SerialFaults(drop=401)),
    Case("serial", "every 401st byte comes twice", line=SerialFaults(double=401)),
    Case("serial", "every 401st byte has a flipped bit", line=SerialFaults(flip=401)),
    Case("serial", "every piece is late by 30 ms", line=SerialFaults(delay_s=0.03)),
    Case("serial", "silence from the beginning", "the core was running at", JobError,
         line=SerialFaults(silent_after=0), noticed=16, seconds=6),
    Case("serial", "silence in the middle", "the core was running at", JobError,
         line=SerialFaults(silent_after=150), noticed=20, seconds=8),
    Case("serial", "the port vanishes", "", JobError, line=SerialFaults(vanish_after=100),
         seconds=8, noticed=20),
    Case("serial", "the port vanishes and returns under another name", "", JobError,
         line=SerialFaults(vanish_after=100, returns=True), seconds=8, noticed=20),
    Case("emulator", "ended before the job", "emulator", TargetError, arrange=emulator_killed,
         dead=True),
    Case("emulator", "the emulated core locks up and ends it", "cannot be read out", JobError,
         behaviour=Behaviour.LOCK_UP, arrange=emulator_replaced_afterwards, seconds=8, noticed=20),
    Case("firmware", "hangs in the engine", r"the core was running at .*hang at engine\.c",
         DeadlineExceeded, behaviour=Behaviour.HANG, seconds=6, noticed=12),
    Case("firmware", "access to an address without memory", "hard fault at pc=.*bus error",
         TargetError, behaviour=Behaviour.BAD_ADDRESS, noticed=12),
    Case("firmware", "division by zero", "hard fault at pc=.*division by zero", TargetError,
         behaviour=Behaviour.DIVIDE_BY_ZERO, noticed=12),
    Case("firmware", "stack overflow", "stack", TargetError,
         behaviour=Behaviour.OVERFLOW_STACK, noticed=12),
    Case("firmware", "the engine refuses", "not today", EngineError,
         behaviour=Behaviour.REFUSE, noticed=12),
    Case("firmware", "resets itself", "", JobError, behaviour=Behaviour.RESET, seconds=8,
         noticed=14),
    Case("firmware", "stops answering", "the core was running at .*hang", JobError,
         behaviour=Behaviour.SILENT, seconds=6, noticed=14),
    Case("firmware", "sends garbage without end", "", JobError, behaviour=Behaviour.CHATTER,
         seconds=6, noticed=14),
)  # fmt: skip


def run(case: Case, bench: SimulatedBench, elf: Path) -> Outcome:
    """Inject the fault into one job, look at what is left, and run another."""
    before = _children()
    board = bench.boards[PROBE]
    board.change(faults=case.faults)
    (bench.folder / "usb" / f"{PROBE}.connections").unlink(missing_ok=True)
    error, retries, retransmissions = None, "", 0
    with ExitStack() as stack:
        stack.enter_context(case.arrange(bench))
        if case.line is not None:
            stack.enter_context(cable(bench.boards[PROBE], case.line))
        started = time.monotonic()
        try:
            measured, device = bench.measure(elf, [sample(case.behaviour)], case.seconds)
            use = device.facts.use
            retries, retransmissions = use.retries if use else "", measured.retransmissions
        except JobError as caught:
            error = caught
        seconds = time.monotonic() - started
        left = [f"lock of {probe}" for probe in bench.left_behind() if not _foreign(probe)]
    bench.boards[PROBE].change(faults=NONE, port=bench.boards[PROBE].device)
    left += [f"process {pid}" for pid in _children() - before - _emulators(bench)]
    left += _port_left(bench)
    return Outcome(
        error=error,
        retries=retries,
        retransmissions=retransmissions,
        seconds=seconds,
        marked_dead=locks().clear(PROBE),
        left_behind=tuple(left),
        next_job=_next_job(bench, elf),
    )


def _foreign(probe: str) -> bool:
    """Whether the lock is that of another process, which the case arranged."""
    owner = locks().owner(probe)
    return owner is not None and owner.pid != os.getpid()


def _children() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


def _emulators(bench: SimulatedBench) -> set[int]:
    return {board.child.pid for board in bench.boards.values()}


def _port_left(bench: SimulatedBench) -> list[str]:
    try:
        serial.Serial(bench.boards[PROBE].device, exclusive=True).close()
    except OSError as error:
        return [f"port: {error}"]
    return []


def _next_job(bench: SimulatedBench, elf: Path) -> bool:
    measured, _ = bench.measure(elf, [sample(Behaviour.COMPUTE)])
    return bool(measured.outputs)


PAGE = """\
# What happens when something goes wrong

Written by `python tests/emulator/fault_cases.py`, which injects every fault below into a job on
a simulated board: pyOCD, the simulated probe, QEMU, a pseudo-terminal as serial line. The same
cases are tests (`tests/emulator/test_faults.py`): each checks the message, the time, that no
lock, process or open port is left, and that the next job on the board runs.

"Noticed" is the time from the start of the job to its end, programming included. Jobs that hang
get a deadline of a few seconds here; `hilbench run` gives a measurement ten minutes.

| where | what goes wrong | the record's status | noticed | what the user sees | afterwards |
|---|---|---|---|---|---|
"""


def row(case: Case, outcome: Outcome) -> str:
    """One line of the table."""
    after = "board marked; next job runs once cleared" if outcome.marked_dead else "next job runs"
    status = outcome.error.status if outcome.error else "ok"
    cells = [case.area, case.name, status, f"{outcome.seconds:.1f} s", _seen(outcome), after]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _seen(outcome: Outcome) -> str:
    if outcome.error is not None:
        return _shortened(str(outcome.error))
    if outcome.retries:
        return f"ok; recorded: {_shortened(outcome.retries)}"
    sent = outcome.retransmissions
    return f"ok; {sent} requests sent again" if sent else "ok"


def _shortened(text: str) -> str:
    folder = tempfile.gettempdir()
    words = [Path(word).name if word.startswith(folder) else word for word in text.split()]
    short = " ".join(words)
    return short if len(short) <= 300 else f"{short[:300]} ..."


def main() -> None:
    """Write docs/faults.md."""
    page = Path(__file__).parents[2] / "docs" / "faults.md"
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        elf = misbehaving.build(Path(folder) / "firmware").elf
        with simulated_bench(Path(folder) / "bench", patch, {PROBE: None}) as bench:
            rows = [row(case, run(case, bench, elf)) for case in CASES]
    page.write_text(PAGE + "\n".join([*rows, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
