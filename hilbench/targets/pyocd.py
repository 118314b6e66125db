"""Target `pyocd`: a board on the bench, programmed through its debug probe.

    bench file -> lock -> console check -> ladder(program in a child) -> console -> session

A probe has one job at a time. The chip is identified before anything is erased.
A board that no attempt revives is marked and refused until `hilbench boards clear`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hilbench.config.bench import Attachment, bench_path, load_bench
from hilbench.config.board import Board, QemuTarget
from hilbench.config.probe import PyocdTarget
from hilbench.core.artifacts import BenchUse, ByteStream
from hilbench.core.deadline import Deadline
from hilbench.core.errors import DeadlineExceeded, JobError, LinkError, TargetError
from hilbench.cycles.watch import Watch, watch
from hilbench.simprobe.attached import bus_folder
from hilbench.simprobe.board import CHIP_IDS, debug_facts, simulated_board
from hilbench.targets.bench import locks, ports, pyocd_probe, retry

PORT_SECONDS = 20.0
INSPECT_SECONDS = 15.0


@dataclass(frozen=True)
class RunningBoard:
    """A board that runs its image; nothing but an emulator can be watched."""

    stream: ByteStream
    use: BenchUse
    watch: Watch

    def diagnose(self) -> str:
        """ "": a board does not end by itself; a crash is read out when the session fails."""
        return ""


class Pyocd:
    """Drives boards with `target: {kind: pyocd, ...}`, and those that the bench file names."""

    kind = "pyocd"

    @contextmanager
    def start(
        self, elf: Path, board: Board, run_dir: Path, deadline: Deadline
    ) -> Iterator[RunningBoard]:
        """Program the first free board of this kind; pyOCD's log stays in run_dir."""
        usable = _usable(board.name)
        with (
            locks.any_of([entry.probe for entry in usable], board.name, deadline) as held,
            ExitStack() as stack,
        ):
            entry = next(entry for entry in usable if entry.probe == held.probe)
            watched = stack.enter_context(_plugged(entry, elf, board, run_dir, deadline))
            facts = facts_of(board)
            ports.check(entry)
            ports.find(entry, _soon(deadline))
            programmed, failed = _program(entry, facts, elf, run_dir, deadline)
            device = ports.find(entry, _soon(deadline))
            port = stack.enter_context(ports.opened(device, board.uart.baud))
            story = [f"took over the lock of {held.stale}"] if held.stale else []
            story += [retry.told(failed)] if failed else []
            use = BenchUse(entry.probe, programmed.chip, len(failed), "; ".join(story))
            running = RunningBoard(port, use, watched)
            inspect = partial(pyocd_probe.inspect, entry, facts, elf, run_dir / "inspect")
            yield from _watched(running, inspect)


@contextmanager
def _plugged(
    entry: Attachment, elf: Path, board: Board, run_dir: Path, deadline: Deadline
) -> Iterator[Watch]:
    """Start a board that is emulated, watched as on plain QEMU; a real one is there already."""
    if entry.emulated_by != "qemu":
        yield Watch()
        return
    watched = watch(elf, board, board.chip, run_dir, deadline) if board.chip else Watch()
    with simulated_board(entry.probe, board, bus_folder(), arguments=watched.arguments):
        yield watched


def facts_of(board: Board) -> PyocdTarget:
    """How pyOCD is to treat the board. Raises TargetError for one without a debug probe."""
    if isinstance(board.target, PyocdTarget):
        return board.target
    if isinstance(board.target, QemuTarget) and board.target.machine in CHIP_IDS:
        return debug_facts(board.target.machine)
    raise TargetError(f"board '{board.name}' has no debug probe: {bench_path()} names one")


def _usable(board: str) -> list[Attachment]:
    """The attached boards of this kind that are not out of order. Raises TargetError."""
    entries = load_bench().of(board)
    if not entries:
        raise TargetError(
            f"no board '{board}' in the bench file {bench_path()}",
            remedy="`hilbench boards discover` writes one",
        )
    usable = [entry for entry in entries if not locks.dead(entry.probe)]
    if not usable:
        first = entries[0].probe
        raise TargetError(
            f"the board behind probe {first} is out of order: {locks.dead(first)}",
            remedy=f"repair it, then `hilbench boards clear {first}`",
        )
    return usable


def _program(
    entry: Attachment, facts: PyocdTarget, elf: Path, run_dir: Path, deadline: Deadline
) -> tuple[pyocd_probe.Programmed, list[retry.Attempt]]:
    """Climb the ladder; a board that stays dead is marked."""
    wiring = pyocd_probe.Wiring(
        entry.connect_mode or facts.connect_mode, entry.frequency_hz or facts.frequency_hz
    )

    def program(way: pyocd_probe.Wiring, limit: Deadline) -> pyocd_probe.Programmed:
        return pyocd_probe.program(entry, facts, way, elf, run_dir / "program", limit)

    steps = retry.rungs(wiring, can_power_cycle=bool(entry.power_cycle))
    try:
        return retry.climb(steps, program, entry.power_cycle, deadline)
    except retry.Exhausted as error:
        locks.mark_dead(entry.probe, error.message)
        error.remedy = f"the board is refused until `hilbench boards clear {entry.probe}`"
        raise


def _watched(running: RunningBoard, inspect: partial[str]) -> Iterator[RunningBoard]:
    """Yield it; when the link fails, read the core out and say what it was doing."""
    try:
        yield running
    except (LinkError, DeadlineExceeded) as error:
        raise type(error)(f"{error.message}; {_post_mortem(inspect)}") from error


def _post_mortem(inspect: partial[str]) -> str:
    try:
        return inspect(Deadline.after(INSPECT_SECONDS, "reading the core out"))
    except JobError as error:
        return f"the core cannot be read out: {error.message}"


def _soon(deadline: Deadline) -> Deadline:
    return Deadline.after(deadline.at_most(PORT_SECONDS), "waiting for the serial port")


TARGET = Pyocd()
