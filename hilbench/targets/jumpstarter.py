"""Target `jumpstarter`: a board that a lease of Jumpstarter gives, driven by its command `j`.

    jmp shell --selector board=nucleo -- hilbench run mine.yaml

    - {board: nucleo_l4r5zi, target: jumpstarter, probe: probe, serial: serial}

`probe` and `serial` name two drivers of the exporter, of the kinds `ProbeRs` and `PySerial`; a dot
leads into a composite one. Jumpstarter lives in an environment of its own, whose Python runs
jumpstarter_console.py; who has no lease needs none of it.

`j` ends with 0 when probe-rs fails, and says nothing. So the chip's id is read before anything is
written, which shows that the probe works, and the session refuses a firmware that is not the image
of the job: a board that was not programmed gives no row.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hilbench.config.bench import Attachment
from hilbench.config.board import Board
from hilbench.config.probe import PyocdTarget
from hilbench.core import processes
from hilbench.core.artifacts import BenchUse, EmulatorOptions, RunFacts
from hilbench.core.deadline import Deadline
from hilbench.core.errors import MissingTool, TargetError
from hilbench.core.settings import Settings
from hilbench.targets import jumpstarter_console
from hilbench.targets.base import EMULATOR, NO_OPTIONS, Place
from hilbench.targets.bench.locks import Locks
from hilbench.targets.pty_process import Driven, pty_process

REMEDY = "run it as `jmp shell ... -- hilbench ...`: docs/boards.md"
PATIENCE = 4.0
"""An answer comes through an exporter, and often through a network."""
_NOT_OURS = ("port", "connect_mode", "frequency_hz", "pack", "power_cycle")
_WORDS = re.compile(r"[0-9a-f]{8}( [0-9a-f]{8})*")


class Jumpstarter:
    """Drives boards whose entry of the bench file says `target: jumpstarter`."""

    kind = "jumpstarter"

    def __init__(self, settings: Settings) -> None:
        self._host = settings.jumpstarter
        self._locks = Locks(settings.state)

    def check(self, board: Board, attached: Sequence[Attachment]) -> None:
        """Raise TargetError outside of a lease, and for what only pyOCD understands."""
        for entry in attached:
            if told := [name for name in _NOT_OURS if getattr(entry, name)]:
                raise TargetError(
                    f"the bench file says `{told[0]}` of probe {entry.probe}, which is behind"
                    " Jumpstarter",
                    remedy="say it in the configuration of the exporter",
                )
        if not self._host:
            raise TargetError(
                f"board '{board.name}' is behind Jumpstarter, and there is no lease", remedy=REMEDY
            )

    @contextmanager
    def reserve(
        self, board: Board, attached: Sequence[Attachment], deadline: Deadline
    ) -> Iterator[Place]:
        """The first of `attached` that no other job of this computer has.

        Nobody else has the lease.
        """
        self.check(board, attached)
        names = {f"{self._host} {entry.probe}": entry for entry in attached}
        with self._locks.any_of(list(names), board.name, deadline) as held:
            yield Place(names[held.probe])

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
    ) -> Iterator[Driven]:
        """Identify the chip, program it, reset it; `j`'s words go to run_dir."""
        del options
        entry = at.attachment
        if entry is None:
            raise TargetError(f"board '{board.name}' was not reserved")
        chip = _identified(entry, board, run_dir, deadline)
        _probe(entry, ["download", str(elf.absolute())], run_dir, deadline)
        _probe(entry, ["reset"], run_dir, deadline)
        command = [_python(), "-P", jumpstarter_console.__file__, *entry.console.split(".")]
        log = run_dir / "console.log"
        with pty_process(command, log, _ended, deadline, remedy=REMEDY) as console:
            use = BenchUse(entry.probe, chip, 0, "")
            yield Driven(console, RunFacts(use, patience=PATIENCE))


def _python() -> str:
    """That of Jumpstarter's environment. Raises MissingTool."""
    found = shutil.which("j")
    if found is None:
        raise MissingTool("j", remedy=REMEDY)
    return str(Path(found).resolve().with_name("python3"))


def _identified(entry: Attachment, board: Board, run_dir: Path, deadline: Deadline) -> str:
    """The chip's serial number in hex, "" where it is not known. Raises TargetError for another
    chip than that of the bench file, and for a probe that does not answer.
    """
    facts = board.target
    if not isinstance(facts, PyocdTarget):
        return ""
    chip, wanted = facts.chip_id, entry.chip_id
    (found,) = _memory(entry, chip.address, 1, run_dir, deadline)
    if not chip.matches(found, wanted):
        expected = (chip.value if wanted is None else wanted) & chip.mask
        raise TargetError(
            f"the chip behind probe {entry.probe} says {found & chip.mask:#x},"
            f" expected {expected:#x}; nothing was erased"
        )
    if (at := facts.unique_id) is None:
        return ""
    words = _memory(entry, at.address, at.words, run_dir, deadline)
    actual = "".join(f"{word:08x}" for word in words)
    if entry.unique_id and entry.unique_id != actual:
        raise TargetError(
            f"the chip's unique id is {actual}, expected {entry.unique_id}; nothing was erased"
        )
    return actual


def _memory(
    entry: Attachment, address: int, count: int, run_dir: Path, deadline: Deadline
) -> list[int]:
    """`count` words of 32 bits. Raises TargetError."""
    said = _probe(entry, ["read", "32", hex(address), str(count)], run_dir, deadline)
    lines = [line for line in said.splitlines() if _WORDS.fullmatch(line)]
    found = [int(word, 16) for word in lines[-1].split()] if lines else []
    if len(found) != count:
        raise TargetError(f"the probe {entry.probe} reads no memory: {_last(said)}")
    return found


def _probe(entry: Attachment, words: Sequence[str], run_dir: Path, deadline: Deadline) -> str:
    """What `j` says to a call of the probe's driver. Raises TargetError, MissingTool."""
    command = ["j", *entry.probe.split("."), *words]
    done = processes.run(command, run_dir / f"{words[0]}.log", deadline, remedy=REMEDY)
    if done.returncode:
        raise TargetError(f"`{' '.join(command[:-1])}`: {_ended(done.ending(), done.log)}")
    return done.log


def _ended(ending: str, log: str) -> str:
    return f"Jumpstarter ended with {ending}: {_last(log)}"


def _last(log: str) -> str:
    """What it gave as its error, else its last words."""
    said = [line for line in log.splitlines() if line.startswith("Error: ")]
    return (said[-1] if said else processes.tail(log, 1)).strip() or "it said nothing"


TARGET = Jumpstarter
