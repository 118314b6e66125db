"""Child processes that always end: on time, with their children, with a log.

Children run in sessions of their own, so Ctrl-C does not reach them: they belong to the
owner of the deadline under which they run, and end with it. When hilbench is killed the
kernel ends them (PR_SET_PDEATHSIG), and the watchdog ends what they had started.

A child works in the folder of its log and puts its temporary files there: the folder the
user happens to be in is none of its business.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from hilbench.core.confinement import confined
from hilbench.core.deadline import Deadline
from hilbench.core.errors import MissingTool
from hilbench.core.landlock import Rule
from hilbench.core.watchdog import Watchdog

LOG_TAIL_LINES = 12
TEMPORARY = "hilbench-"

Child = subprocess.Popen[bytes]

_watchdog = Watchdog()


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


@contextmanager
def child(
    command: Sequence[str],
    log: Path,
    deadline: Deadline,
    *,
    env: Mapping[str, str] | None = None,
    console: int | None = None,
    feed: int | None = None,
    rules: Sequence[Rule] = (),
    remedy: str = "",
) -> Iterator[Child]:
    """A child while the block lasts, both outputs into the file `log`.

    `console` is an open file that becomes its input and output instead; the
    log then has its errors alone. `feed` becomes its input alone. With `rules` it touches
    nothing but what they name (core/confinement.py). Raises MissingTool
    when the program is not there, Interrupted when the deadline's owner is being stopped.
    """
    with ExitStack() as stack:
        with log.open("wb") as out:
            given = command, log.parent, out.fileno(), env or {}, console, feed, remedy
            start = partial(_start, *given)
            started = stack.enter_context(confined(rules, start)) if rules else start()
        yield from _until_over(started, deadline)


def _until_over(started: Child, deadline: Deadline) -> Iterator[Child]:
    try:
        _watchdog.entrust_group(started.pid)
        with deadline.owner.adopted(lambda: _kill(started)):
            yield started
    finally:
        _kill(started)
        started.wait()
        _watchdog.release_group(started.pid)


def run(
    command: Sequence[str],
    log: Path,
    deadline: Deadline,
    *,
    env: Mapping[str, str] | None = None,
    remedy: str = "",
) -> Finished:
    """Run to the end; on the deadline or any exception kill the whole tree.

    Raises DeadlineExceeded, MissingTool, Interrupted.
    """
    with tempfile.TemporaryDirectory(prefix=".tmp.", dir=log.parent) as temporary:
        variables = {"TMPDIR": str(Path(temporary).absolute()), **(env or {})}
        with child(command, log, deadline, env=variables, remedy=remedy) as started:
            try:
                started.wait(deadline.remaining())
            except subprocess.TimeoutExpired:
                raise deadline.error() from None
    deadline.owner.check()
    return Finished(started.returncode, log.read_text(errors="replace"))


@contextmanager
def temporary_folder(prefix: str = TEMPORARY, parent: Path | None = None) -> Iterator[Path]:
    """A folder of this user alone that goes away with the block, or with hilbench.

    It may be renamed inside the block; then it stays.
    """
    folder = (parent or Path(tempfile.gettempdir())) / f"{prefix}{secrets.token_urlsafe(6)}"
    _watchdog.entrust_folder(folder)  # before it is there: there is no moment for a kill between
    try:
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        _watchdog.release_folder(folder)


def tail(text: str, lines: int = LOG_TAIL_LINES) -> str:
    """The last lines of a log that say something."""
    return "\n".join([line for line in text.splitlines() if line.strip()][-lines:])


def _start(
    command: Sequence[str],
    folder: Path,
    out: int,
    env: Mapping[str, str],
    console: int | None,
    feed: int | None,
    remedy: str,
) -> Child:
    given = [file for file in (console, feed) if file is not None]
    try:
        return subprocess.Popen(
            _mortal(command),
            stdin=given[0] if given else subprocess.DEVNULL,
            stdout=out if console is None else console,
            stderr=out,
            env={**os.environ, **env},
            cwd=folder,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise MissingTool(command[0], remedy=remedy or "see `hilbench doctor`") from error


def _mortal(command: Sequence[str]) -> list[str]:
    """`command`, to be killed by the kernel when the thread that starts it ends.

    util-linux's setpriv asks for it between fork and exec, where code of a threaded
    Python is not safe. Where there is none, the watchdog alone does it.
    """
    setpriv = _setpriv()
    if setpriv is None or shutil.which(command[0]) is None:
        return list(command)
    return [setpriv, "--pdeathsig", "KILL", "--", *command]


@cache
def _setpriv() -> str | None:
    return shutil.which("setpriv")


def _kill(started: Child) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(started.pid, signal.SIGKILL)
