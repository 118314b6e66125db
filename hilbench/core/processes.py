"""Child processes that always end: on time, with their children, with a log.

Children run in sessions of their own, so Ctrl-C does not reach them: whoever
handles it calls `stop_all`, after which no further child starts.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hilbench.core.deadline import Deadline
from hilbench.core.errors import Interrupted, MissingTool

LOG_TAIL_LINES = 12

_lock = threading.Lock()
_live: set[subprocess.Popen[bytes]] = set()
_stopping = threading.Event()


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
    console: int | None = None,
    feed: int | None = None,
    remedy: str = "",
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, both outputs into the file `log`.

    `console` is an open file that becomes its input and output instead; the
    log then has its errors alone. `feed` becomes its input alone. Raises MissingTool
    when the program is not there, Interrupted after `stop_all`. End it with `stop`.
    """
    with log.open("wb") as out, _lock:
        if _stopping.is_set():
            raise Interrupted("interrupted")
        try:
            child = subprocess.Popen(
                list(command),
                stdin=next(
                    (file for file in (console, feed) if file is not None), subprocess.DEVNULL
                ),
                stdout=out if console is None else console,
                stderr=out,
                env={**os.environ, **(env or {})},
                cwd=cwd,
                start_new_session=True,
            )
        except FileNotFoundError as error:
            raise MissingTool(command[0], remedy=remedy or "see `hilbench doctor`") from error
        _live.add(child)
    return child


def stop(child: subprocess.Popen[bytes]) -> None:
    """Kill the child and everything it started, and reap it."""
    _kill(child)
    child.wait()
    with _lock:
        _live.discard(child)


def stop_all() -> None:
    """Kill every child of this process; from now on `start` raises Interrupted."""
    with _lock:
        _stopping.set()
        for child in _live:
            _kill(child)


def stopping() -> bool:
    """Whether `stop_all` was called: what fails now fails because of it."""
    return _stopping.is_set()


def _kill(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


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

    Raises DeadlineExceeded, MissingTool, Interrupted.
    """
    child = start(command, log, env=env, cwd=cwd, remedy=remedy)
    try:
        child.wait(deadline.remaining())
    except subprocess.TimeoutExpired:
        raise deadline.error() from None
    finally:
        stop(child)
    if _stopping.is_set():
        raise Interrupted("interrupted")
    return Finished(child.returncode, log.read_text(errors="replace"))


def tail(text: str, lines: int = LOG_TAIL_LINES) -> str:
    """The last lines of a log that say something."""
    return "\n".join([line for line in text.splitlines() if line.strip()][-lines:])
