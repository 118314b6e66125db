"""Ends what hilbench started when hilbench itself can no longer do it.

A small process (core/watchdog_process.py) listens to a pipe that only hilbench holds open.
Whatever ends hilbench, kill -9 included, ends the pipe; the process then kills the process groups
and removes the temporary folders that were entrusted to it and not yet given back.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from hilbench.core import watchdog_process
from hilbench.core.errors import HilbenchError
from hilbench.core.watchdog_process import FOLDER, GROUP


class Watchdog:
    """The process starts with the first thing that is entrusted.

    Whoever entrusts something gets a HilbenchError where it cannot be started.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: set[str] = set()
        self._pipe: int | None = None

    def entrust_group(self, number: int) -> None:
        """A process group that must not outlive hilbench."""
        self._entrust(f"{GROUP} {number}")

    def release_group(self, number: int) -> None:
        self._release(f"{GROUP} {number}")

    def entrust_folder(self, path: Path) -> None:
        """A folder that must not outlive hilbench."""
        self._entrust(_named(path))

    def release_folder(self, path: Path) -> None:
        self._release(_named(path))

    def _entrust(self, what: str) -> None:
        with self._lock:
            self._held.add(what)
            self._say(f"+ {what}\n")

    def _release(self, what: str) -> None:
        with self._lock:
            self._held.discard(what)
            with suppress(HilbenchError):  # it was killed, and what is held still will say so
                self._say(f"- {what}\n")

    def _say(self, line: str) -> None:
        if self._pipe is not None:
            try:
                os.write(self._pipe, line.encode())
                return
            except BrokenPipeError:  # somebody killed the process: there will be another one
                os.close(self._pipe)
                self._pipe = None
        pipe = _start()
        try:
            os.write(pipe, "".join(f"+ {held}\n" for held in sorted(self._held)).encode())
        except BrokenPipeError:
            os.close(pipe)
            raise _cannot_start(sys.executable) from None
        self._pipe = pipe


def _named(folder: Path) -> str:
    return f"{FOLDER} {os.fsencode(folder.absolute()).hex()}"


_SHELL = "/bin/sh"
_DETACHED = 'trap "" INT TERM HUP; exec 3<&0; "$0" -I -S "$1" <&3 3<&- &'
"""The process ignores what asks hilbench to stop. The shell leaves at once: the process is
nobody's child, and nobody has to wait for it."""


def _start() -> int:
    """Start the process; the end of the pipe that it listens to."""
    if not (sys.executable and os.access(sys.executable, os.X_OK)):
        raise _cannot_start(sys.executable or "Python")
    theirs, ours = os.pipe()
    try:
        subprocess.run(
            [_SHELL, "-c", _DETACHED, sys.executable, watchdog_process.__file__],
            stdin=theirs,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        os.close(ours)
        raise _cannot_start(_SHELL) from error
    finally:
        os.close(theirs)
    return ours


def _cannot_start(program: str) -> HilbenchError:
    return HilbenchError(
        f"cannot start {program}, which ends what a killed hilbench leaves behind",
        remedy="make it executable, or install hilbench again",
    )
