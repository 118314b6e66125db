"""Target `renode`: the unmodified image of a real board on Renode.

A board takes part with a platform.repl in its folder; the bench file says so:

    - {board: nucleo_l4r5zi, probe: renode, emulated_by: renode}

One process runs one image. Its counter counts instructions: Renode has no
timing of the core.

Renode's monitor is a full shell. It is reachable through this process's pipe
alone: there is no port, and what it is told names nothing but files in a folder
of this run, which has links to image and platform.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import TimeoutExpired

from hilbench.config.bench import Attachment
from hilbench.config.board import Board
from hilbench.core import processes
from hilbench.core.artifacts import ByteStream, EmulatorOptions, RunFacts
from hilbench.core.deadline import Deadline
from hilbench.core.errors import DeadlineExceeded, LinkError, Skipped, TargetError
from hilbench.core.owner import Owner
from hilbench.core.processes import Child
from hilbench.core.settings import RENODE, Settings
from hilbench.targets import renode_monitor
from hilbench.targets.base import EMULATOR, NO_OPTIONS, Place, anywhere
from hilbench.targets.bench import ports

REMEDY = (
    "unpack renode-1.16.1.linux-portable.tar.gz from github.com/renode/renode/releases"
    f" and put it on PATH or name the program in {RENODE}"
)
START_SECONDS = 60.0
ANSWER_SECONDS = 5.0
PATIENCE = 8.0
"""Its terminal passes 1.6 kB/s on a busy machine; some answers took more than a second."""
_DEATH_SECONDS = 1.0
_REASON_SECONDS = 0.3
_POLL_SECONDS = 0.02
_UART = "lpuart1"


@dataclass(frozen=True)
class Monitor:
    """Renode's command line: `feed` is its input, what it says is in `log`.

    Its output goes to a file, as it writes each character alone: a socket that nobody reads is
    full after 278 of them. Its input stays open, as Renode quits at the end of it.
    """

    feed: int
    log: Path
    owner: Owner

    def said(self, offset: int = 0) -> str:
        """Everything from that byte of the log on."""
        return self.log.read_bytes()[offset:].decode(errors="replace")

    def ask(self, command: str) -> str:
        """The number that a command prints, "" without one in time."""
        deadline = Deadline.after(ANSWER_SECONDS, "asking the monitor", self.owner)
        offset = self.log.stat().st_size
        try:
            os.write(self.feed, f"{command}\n".encode())
        except OSError:
            return ""
        while not deadline.expired():
            if number := renode_monitor.answer(self.said(offset)):
                return number
            deadline.sleep(_POLL_SECONDS)
        return ""


_FACTS = RunFacts(counter_unit="instructions", patience=PATIENCE)


@dataclass(frozen=True)
class RunningRenode:
    """A machine that runs."""

    stream: ByteStream
    child: Child
    monitor: Monitor
    facts: RunFacts = _FACTS

    def diagnose(self) -> str:
        """Why Renode ended, in one line; "" while it runs."""
        return "" if self.child.poll() is None else _ended(self.child, self.monitor)

    def wait_for_death(self) -> str:
        """`diagnose` after the terminal was lost, which happens before Renode can be reaped."""
        try:
            self.child.wait(_DEATH_SECONDS)
        except TimeoutExpired:
            return ""
        return self.diagnose()

    def state(self) -> str:
        """Counters of the core that still runs, asked through the monitor."""
        answers = []
        for name, command in renode_monitor.QUESTIONS.items():
            if number := self.monitor.ask(command):
                answers.append(f"{name} {number}")
        return ", ".join(answers) or "the monitor does not answer"


def _ended(child: Child, monitor: Monitor) -> str:
    said = renode_monitor.refusal(monitor.said()) or renode_monitor.last_words(monitor.said())
    return f"Renode ended with {processes.ending(child.returncode)}{f': {said}' if said else ''}"


def program(named: str) -> str:
    """Renode's program. Raises Skipped when it is not installed."""
    found = shutil.which(named)
    if found is None:
        raise Skipped("Renode is not installed", remedy=REMEDY)
    return found


class Renode:
    """Drives boards that the bench file calls `emulated_by: renode`."""

    kind = "renode"
    reserve = staticmethod(anywhere)

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def check(self, board: Board, attached: Sequence[Attachment]) -> None:
        """Raise TargetError for a board without platform.repl, Skipped without Renode."""
        del attached
        _platform(board)
        program(self._settings.renode)

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
    ) -> Iterator[RunningRenode]:
        """Start Renode with the image; what it says goes to run_dir/renode.log.

        `options` are QEMU's and have no meaning here.
        """
        del at, options
        platform = _platform(board)
        renode = program(self._settings.renode)
        with ExitStack() as stack:
            folder = stack.enter_context(processes.temporary_folder())
            console = folder / "console"
            command = _command(renode, folder, platform, elf, board)
            read_end, write_end = os.pipe()
            stack.callback(os.close, write_end)
            try:
                log = run_dir / "renode.log"
                made = processes.child(command, log, deadline, feed=read_end, remedy=REMEDY)
                child = stack.enter_context(made)
            finally:
                os.close(read_end)
            monitor = Monitor(write_end, log, deadline.owner)
            _wait_for(console, child, monitor, deadline)
            port = stack.enter_context(ports.opened(str(console.resolve()), board.uart.baud))
            yield from _watched(RunningRenode(port, child, monitor))


def _platform(board: Board) -> Path:
    """The board as Renode describes it."""
    platform = board.folder / "platform.repl"
    if not platform.is_file():
        raise TargetError(f"board '{board.name}' has no platform.repl for Renode")
    return platform


def _command(renode: str, folder: Path, platform: Path, elf: Path, board: Board) -> list[str]:
    """Renode's command line over `folder`, which it fills. Raises TargetError."""
    if not renode_monitor.can_name(folder):
        raise TargetError(
            f"Renode cannot be told of the folder {str(folder)!r}",
            remedy='set TMPDIR to one without quotes, ";", backslashes and control characters',
        )
    description, image = folder / "platform.repl", folder / "firmware.elf"
    description.symlink_to(platform.resolve())
    image.symlink_to(elf.resolve())
    config = folder / "config"
    config.write_text(renode_monitor.config(folder), encoding="utf-8")
    script = renode_monitor.script(
        description, image, folder / "console", _UART, board.memory.flash.origin
    )
    return renode_monitor.command_line(renode, config, script)


def _wait_for(console: Path, child: Child, monitor: Monitor, deadline: Deadline) -> None:
    """Until Renode has run the whole script. Raises TargetError when it refuses a command."""
    limit = deadline.within(START_SECONDS, "starting Renode")
    while not (console.exists() and renode_monitor.STARTED in monitor.said()):
        if child.poll() is not None:
            raise TargetError(_ended(child, monitor))
        if renode_monitor.refusal(monitor.said()):
            limit.sleep(_REASON_SECONDS)  # the reason follows, one character at a time
            raise TargetError(f"Renode says: {renode_monitor.refusal(monitor.said())}")
        if limit.expired():
            said = renode_monitor.last_words(monitor.said())
            raise DeadlineExceeded(f"{limit.error().message}; it last said: {said or 'nothing'}")
        limit.sleep(_POLL_SECONDS)


def _watched(running: RunningRenode) -> Iterator[RunningRenode]:
    """Yield it; when the link fails, say that Renode ended or where its core is.

    How a port is lost to an ended Renode is chance: the error of reading it is not in the row.
    """
    try:
        yield running
    except (LinkError, DeadlineExceeded) as error:
        if reason := running.wait_for_death():
            raise TargetError(reason) from error
        raise type(error)(f"{error.message}; {running.state()}") from error


TARGET = Renode
