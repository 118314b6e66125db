"""Child processes that always end: on time, with their children, with a log."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hilbench.deadline import Deadline
from hilbench.errors import MissingTool

LOG_TAIL_LINES = 12


@dataclass(frozen=True)
class Finished:
    """A child that has ended by itself; `returncode` is -N for signal N."""

    returncode: int
    log: str

    def ending(self) -> str:
        """How it ended, in words: an exit status or a signal's name."""
        return ending(self.returncode)


def ending(returncode: int) -> str:
    """ "exit status 3" or "killed by SIGSEGV"."""
    if returncode >= 0:
        return f"exit status {returncode}"
    try:
        return f"killed by {signal.Signals(-returncode).name}"
    except ValueError:
        return f"killed by signal {-returncode}"


def start(
    command: Sequence[str],
    log: Path,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    remedy: str = "",
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, both outputs into the file `log`.

    Raises MissingTool when the program is not there. End it with `stop`.
    """
    with log.open("wb") as out:
        try:
            return subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                cwd=cwd,
                start_new_session=True,
            )
        except FileNotFoundError as error:
            raise MissingTool(command[0], remedy=remedy or "see `hilbench doctor`") from error


def stop(child: subprocess.Popen[bytes]) -> None:
    """Kill the child and everything it started, and reap it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def run(
    command: Sequence[str],
    log: Path,
    deadline: Deadline,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    remedy: str = "",
) -> Finished:
    """Run to the end; on the deadline or any exception kill the whole tree.

    Raises DeadlineExceeded, MissingTool.
    """
    child = start(command, log, env=env, cwd=cwd, remedy=remedy)
    try:
        child.wait(deadline.remaining())
    except subprocess.TimeoutExpired:
        raise deadline.error() from None
    finally:
        stop(child)
    return Finished(child.returncode, log.read_text(errors="replace"))


def tail(text: str, lines: int = LOG_TAIL_LINES) -> str:
    """The last lines of a log that say something."""
    return "\n".join([line for line in text.splitlines() if line.strip()][-lines:])
