"""A child process whose console is a pseudo-terminal that hilbench made.

The master side is the child's input and output; hilbench opens the slave with
pyserial, as it opens a board's port. The slave is open before the child starts,
so nothing is lost, and the child's death closes the master, which pyserial sees
at once. (QEMU's own `-serial pty` looks for a listener once per second only.)
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hilbench.core import extras, processes
from hilbench.core.artifacts import ByteStream, RunFacts
from hilbench.core.deadline import Deadline
from hilbench.core.errors import DeadlineExceeded, LinkError, TargetError
from hilbench.core.landlock import Rule
from hilbench.core.processes import Child

WRITE_SECONDS = 5.0
_DEATH_SECONDS = 1.0


@dataclass(frozen=True)
class PtyProcess:
    """A running child; `explain` turns its ending and log into one line."""

    stream: ByteStream
    child: Child
    log: Path
    explain: Callable[[str, str], str]

    def diagnose(self) -> str:
        """Why the child ended, in one line; "" while it runs."""
        status = self.child.poll()
        if status is None:
            return ""
        return self.explain(processes.ending(status), self.log.read_text(errors="replace"))

    def wait_for_death(self) -> str:
        """`diagnose` after the port was lost, which happens before the child can be reaped."""
        try:
            self.child.wait(_DEATH_SECONDS)
        except subprocess.TimeoutExpired:
            return ""
        return self.diagnose()


@dataclass(frozen=True)
class Driven:
    """A running image, whose bytes come through such a child."""

    process: PtyProcess
    facts: RunFacts

    @property
    def stream(self) -> ByteStream:
        return self.process.stream

    def diagnose(self) -> str:
        """Why it ended, in one line; "" while it runs."""
        return self.process.diagnose()


@contextmanager
def pty_process(
    command: Sequence[str],
    log: Path,
    explain: Callable[[str, str], str],
    deadline: Deadline,
    *,
    rules: Sequence[Rule] = (),
    remedy: str = "",
) -> Iterator[PtyProcess]:
    """Start `command` with a console; what it writes to stderr goes to `log`.

    With `rules` it touches nothing but what they name.

    Raises MissingTool, and TargetError where the link gave up because the
    child has died.
    """
    master, slave = os.openpty()
    try:
        with closing(_open_port(os.ttyname(slave))) as port:
            os.close(slave)
            slave = -1
            made = processes.child(
                command, log, deadline, console=master, rules=rules, remedy=remedy
            )
            with made as child:
                os.close(master)
                master = -1
                yield from _watched(PtyProcess(port, child, log, explain))
    finally:
        for fd in (master, slave):
            if fd >= 0:
                os.close(fd)


def _open_port(device: str) -> Any:
    serial = extras.serial()
    return serial.serial_for_url(device, exclusive=True, write_timeout=WRITE_SECONDS)


def _watched(running: PtyProcess) -> Iterator[PtyProcess]:
    """Yield it; when the link fails because the child died, say that instead."""
    try:
        yield running
    except LinkError as error:
        raise _blame(running.wait_for_death(), error) from error
    except DeadlineExceeded as error:
        raise _blame(running.diagnose(), error) from error


def _blame(reason: str, error: LinkError | DeadlineExceeded) -> Exception:
    return TargetError(reason) if reason else error
