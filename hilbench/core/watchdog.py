"""Ends what hilbench started when hilbench itself can no longer do it.

A small process listens to a pipe that only hilbench holds open. Whatever ends hilbench,
kill -9 included, ends the pipe; the watchdog then kills the process groups and removes
the temporary folders that were entrusted to it and not yet given back.

Run as a program of its own, so it imports nothing but the standard library.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

GROUP, FOLDER = "group", "folder"


class Watchdog:
    """The side of hilbench; the process starts with the first thing that is entrusted."""

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
            self._say(f"- {what}\n")

    def _say(self, line: str) -> None:
        if self._pipe is not None:
            try:
                os.write(self._pipe, line.encode())
                return
            except BrokenPipeError:  # somebody killed the watchdog: there will be another one
                os.close(self._pipe)
        self._pipe = _start()
        os.write(self._pipe, "".join(f"+ {held}\n" for held in sorted(self._held)).encode())


def _named(folder: Path) -> str:
    return f"{FOLDER} {os.fsencode(folder.absolute()).hex()}"


_DETACHED = 'exec 3<&0; "$0" -I -S "$1" <&3 3<&- &'
"""The shell leaves at once: the watchdog is nobody's child, and nobody has to wait for it."""


def _start() -> int:
    """Start the process; the end of the pipe that it listens to."""
    theirs, ours = os.pipe()
    try:
        subprocess.run(
            ["/bin/sh", "-c", _DETACHED, sys.executable, __file__],
            stdin=theirs,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            check=True,
        )
    finally:
        os.close(theirs)
    return ours


def serve() -> None:
    """The other side: listen until the pipe ends, then end and remove what is left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    held: set[tuple[str, str]] = set()
    for line in sys.stdin:
        sign, kind, name = line.split()
        (held.add if sign == "+" else held.discard)((kind, name))
    for kind, name in sorted(held, reverse=True):  # groups before the folders they write to
        if kind == GROUP:
            with contextlib.suppress(OSError):
                os.killpg(int(name), signal.SIGKILL)
        else:
            shutil.rmtree(os.fsdecode(bytes.fromhex(name)), ignore_errors=True)


if __name__ == "__main__":
    serve()
