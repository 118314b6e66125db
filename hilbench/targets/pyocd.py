"""Target `pyocd`: a board on the bench, programmed through its debug probe.

    bench file -> lock -> console check -> retry policy(program in a child) -> console -> session

A probe has one job at a time. The chip is identified before anything is erased.
A board that no attempt revives is marked and refused until `hilbench boards clear`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hilbench.config.bench import Attachment
from hilbench.config.board import Board
from hilbench.config.probe import PyocdTarget
from hilbench.core.artifacts import BenchUse, ByteStream, EmulatorOptions, RunFacts
from hilbench.core.deadline import Deadline
from hilbench.core.errors import (
    BoardGone,
    DeadlineExceeded,
    HostLost,
    JobError,
    LinkError,
    TargetError,
)
from hilbench.core.registry import lookup
from hilbench.core.settings import Settings
from hilbench.targets.base import EMULATOR, NO_OPTIONS, Place
from hilbench.targets.bench import ports, providers, pyocd_calls, pyocd_probe, retry
from hilbench.targets.bench.locks import Locks
from hilbench.targets.qemu import require_confinement

PORT_SECONDS = 20.0
INSPECT_SECONDS = 15.0


@dataclass(frozen=True)
class RunningBoard:
    """A board that runs its image."""

    stream: ByteStream
    facts: RunFacts

    def diagnose(self) -> str:
        """ "": a board does not end by itself; a crash is read out when the session fails."""
        return ""


class Pyocd:
    """Drives boards with `target: {kind: pyocd, ...}`, and those that the bench file names."""

    kind = "pyocd"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._locks = Locks(settings.state)
        self._gone: dict[str, Attachment] = {}

    def check(self, board: Board, attached: Sequence[Attachment]) -> None:
        """Raise TargetError for a board that the bench file lacks, or without a debug probe."""
        if not attached:
            raise TargetError(
                f"no board '{board.name}' in the bench file {self._settings.bench}",
                remedy="`hilbench boards discover` writes one",
            )
        facts_of(board, self._settings.bench)

    @contextmanager
    def reserve(
        self, board: Board, attached: Sequence[Attachment], deadline: Deadline
    ) -> Iterator[Place]:
        """The first of `attached` that is free and in order, locked against other processes."""
        self.check(board, attached)
        usable = self._usable(attached)
        probes = [entry.probe for entry in usable]
        with self._locks.any_of(probes, board.name, deadline) as held:
            entry = next(entry for entry in usable if entry.probe == held.probe)
            with self._unplugged(entry, attached):
                yield Place(entry, f"took over the lock of {held.stale}" if held.stale else "")

    @contextmanager
    def _unplugged(self, entry: Attachment, attached: Sequence[Attachment]) -> Iterator[None]:
        """A failure is not the job's where the board was unplugged: another board may do it."""
        try:
            yield
        except JobError as error:
            if entry.emulated_by is not None or ports.present(entry):
                raise
            self._gone[entry.probe] = entry
            message = f"the board behind probe {entry.probe} was unplugged: {error.message}"
            others = {other.probe for other in attached} - {*self._gone}
            lost = (HostLost if others else BoardGone)(message, remedy=error.remedy)
            lost.log_dir = error.log_dir
            raise lost from error

    @contextmanager
    def start(
        self,
        elf: Path,
        board: Board,
        run_dir: Path,
        deadline: Deadline,
        *,
        at: Place = EMULATOR,
        options: EmulatorOptions = NO_OPTIONS,
    ) -> Iterator[RunningBoard]:
        """Program the board at `at`; pyOCD's log stays in run_dir."""
        entry = at.attachment
        if entry is None:
            raise TargetError(f"board '{board.name}' was not reserved")
        with ExitStack() as stack:
            emulated = stack.enter_context(self._plugged(entry, board, deadline, options))
            facts = facts_of(board, self._settings.bench)
            ports.check(entry)
            ports.find(entry, _soon(deadline))
            programmed, failed = self._program(entry, facts, elf, run_dir, deadline)
            device = ports.find(entry, _soon(deadline))
            port = stack.enter_context(ports.opened(device, board.uart.baud))
            notes = "; ".join(filter(None, [at.note, retry.summary(failed) if failed else ""]))
            use = BenchUse(entry.probe, programmed.chip, len(failed), notes)
            running = RunningBoard(port, RunFacts(use, emulator_options=emulated))
            inspect = partial(pyocd_probe.inspect, entry, facts, elf, run_dir / "inspect")
            yield from _watched(running, inspect, deadline)

    @contextmanager
    def _plugged(
        self, entry: Attachment, board: Board, deadline: Deadline, options: EmulatorOptions
    ) -> Iterator[bool]:
        """Start a board that is emulated, and say so; a real one is there already."""
        if entry.emulated_by is None:
            yield False
            return
        require_confinement(self._settings)
        provider = lookup("provider of boards", entry.emulated_by, providers.providers())
        with provider.plugged(entry.probe, board, deadline, options):
            yield True

    def _usable(self, entries: Sequence[Attachment]) -> list[Attachment]:
        """Those that are in order, and plugged in as far as that is known. Raises TargetError."""
        for probe, entry in list(self._gone.items()):
            if ports.present(entry):
                self._gone.pop(probe, None)
        usable = [entry for entry in entries if not self._locks.dead(entry.probe)]
        usable = [entry for entry in usable if entry.probe not in self._gone] or usable
        if not usable:
            first = entries[0].probe
            raise TargetError(
                f"the board behind probe {first} is out of order: {self._locks.dead(first)}",
                remedy=f"repair it, then `hilbench boards clear {first}`",
            )
        return usable

    def _program(
        self, entry: Attachment, facts: PyocdTarget, elf: Path, run_dir: Path, deadline: Deadline
    ) -> tuple[pyocd_calls.Programmed, list[retry.Attempt]]:
        """Program by the retry policy; a board that stays dead is marked."""
        wiring = pyocd_calls.Wiring(
            entry.connect_mode or facts.connect_mode, entry.frequency_hz or facts.frequency_hz
        )

        def program(way: pyocd_calls.Wiring, limit: Deadline) -> pyocd_calls.Programmed:
            return pyocd_probe.program(entry, facts, way, elf, run_dir / "program", limit)

        policy = retry.policy(wiring, can_power_cycle=bool(entry.power_cycle))
        try:
            return retry.run(policy, program, entry.power_cycle, deadline)
        except retry.Exhausted as error:
            self._locks.mark_dead(entry.probe, error.message)
            error.remedy = f"the board is refused until `hilbench boards clear {entry.probe}`"
            raise


def facts_of(board: Board, bench: Path) -> PyocdTarget:
    """How pyOCD is to treat the board. Raises TargetError for one without a debug probe."""
    if isinstance(board.target, PyocdTarget):
        return board.target
    if (facts := providers.facts(board)) is not None:
        return facts
    raise TargetError(f"board '{board.name}' has no debug probe: {bench} names one")


def _watched(
    running: RunningBoard, inspect: partial[str], deadline: Deadline
) -> Iterator[RunningBoard]:
    """Yield it; when the link fails, read the core out and say what it was doing."""
    try:
        yield running
    except (LinkError, DeadlineExceeded) as error:
        raise type(error)(f"{error.message}; {_post_mortem(inspect, deadline)}") from error


def _post_mortem(inspect: partial[str], deadline: Deadline) -> str:
    try:
        return inspect(deadline.afresh(INSPECT_SECONDS, "reading the core out"))
    except JobError as error:
        return f"the core cannot be read out: {error.message}"


def _soon(deadline: Deadline) -> Deadline:
    return deadline.within(PORT_SECONDS, "waiting for the serial port")


TARGET = Pyocd
