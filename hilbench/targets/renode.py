"""Target `renode`: the unmodified image of a real board on Renode.

A board takes part with a platform.repl in its folder; the bench file says so:

    - {board: nucleo_l4r5zi, probe: renode, emulated_by: renode}

One process runs one image. Its counter counts instructions: Renode has no
timing of the core.
"""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from hilbench.config.board import Board
from hilbench.core import processes
from hilbench.core.artifacts import ByteStream
from hilbench.core.deadline import Deadline
from hilbench.core.errors import DeadlineExceeded, LinkError, Skipped, TargetError
from hilbench.core.processes import Child
from hilbench.core.settings import RENODE, Settings
from hilbench.targets import renode_monitor
from hilbench.targets.bench import ports

REMEDY = (
    "unpack renode-1.16.1.linux-portable.tar.gz from github.com/renode/renode/releases"
    f" and put it on PATH or name the program in {RENODE}"
)
START_SECONDS = 60.0
ANSWER_SECONDS = 5.0
_NUMBER = re.compile(rb"(0x[0-9A-Fa-f]+|\d+)\s")
_POLL_SECONDS = 0.02
_UART = "lpuart1"


@dataclass(frozen=True)
class RunningRenode:
    """A machine that runs."""

    stream: ByteStream
    child: Child
    log: Path
    monitor: socket.socket
    counter_unit = "instructions"

    def diagnose(self) -> str:
        """Why Renode ended, in one line; "" while it runs."""
        if self.child.poll() is None:
            return ""
        said = processes.tail(self.log.read_text(errors="replace"), 1)
        return (
            f"Renode ended with {processes.ending(self.child.returncode)}{f': {said}' * bool(said)}"
        )

    def state(self) -> str:
        """Counters of the core that still runs, asked through the monitor."""
        answers = []
        for name, command in renode_monitor.QUESTIONS.items():
            if number := _ask(self.monitor, command):
                answers.append(f"{name} {number}")
        return ", ".join(answers) or "the monitor does not answer"


def _ask(monitor: socket.socket, command: str) -> str:
    """The number that a command prints, "" without one in time."""
    deadline = Deadline.after(ANSWER_SECONDS, "asking the monitor")
    said = b""
    try:
        monitor.settimeout(ANSWER_SECONDS)
        monitor.sendall(f"{command}\n".encode())
        while not deadline.expired():
            said += monitor.recv(4096)
            if match := _NUMBER.search(said.rpartition(command.encode())[2]):
                return match[1].decode()
    except OSError:
        pass
    return ""


def program(named: str) -> str:
    """Renode's program. Raises Skipped when it is not installed."""
    found = shutil.which(named)
    if found is None:
        raise Skipped("Renode is not installed", remedy=REMEDY)
    return found


class Renode:
    """Drives boards that the bench file calls `emulated_by: renode`."""

    kind = "renode"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @contextmanager
    def start(
        self, elf: Path, board: Board, run_dir: Path, deadline: Deadline
    ) -> Iterator[RunningRenode]:
        """Start Renode with the image; what it says goes to run_dir/renode.log."""
        platform = board.folder / "platform.repl"
        if not platform.is_file():
            raise TargetError(f"board '{board.name}' has no platform.repl for Renode")
        renode = program(self._settings.renode)
        with ExitStack() as stack:
            folder = stack.enter_context(processes.temporary_folder())
            console = folder / "console"
            script = renode_monitor.script(
                platform, elf.resolve(), console, _UART, board.memory.flash.origin
            )
            ours, theirs = socket.socketpair()
            stack.enter_context(closing(ours))
            with theirs:
                log = run_dir / "renode.log"
                command = renode_monitor.command_line(renode, script)
                started = processes.child(command, log, deadline, console=theirs.fileno())
                child = stack.enter_context(started)
            _wait_for(console, child, log, deadline)
            port = stack.enter_context(ports.opened(str(console.resolve()), board.uart.baud))
            yield from _watched(RunningRenode(port, child, log, ours))


def _wait_for(console: Path, child: Child, log: Path, deadline: Deadline) -> None:
    """Until Renode has made the terminal, with which it is ready."""
    limit = deadline.within(START_SECONDS, "starting Renode")
    while not console.exists():
        if child.poll() is not None:
            said = processes.tail(log.read_text(errors="replace"), 1)
            raise TargetError(f"Renode ended with {processes.ending(child.returncode)}: {said}")
        limit.check()
        limit.sleep(_POLL_SECONDS)


def _watched(running: RunningRenode) -> Iterator[RunningRenode]:
    """Yield it; when the link fails, say that Renode ended or where its core is."""
    try:
        yield running
    except (LinkError, DeadlineExceeded) as error:
        if reason := running.diagnose():
            raise TargetError(f"{reason}; {error.message}") from error
        raise type(error)(f"{error.message}; {running.state()}") from error


TARGET = Renode
