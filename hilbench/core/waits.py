"""No wait for another process is silent: after a moment a line says who has what is needed."""

from __future__ import annotations

import logging
import os
import time
from contextlib import suppress
from pathlib import Path

from hilbench.core.text import one_line

SAID_AFTER = 5.0
"""Seconds: most waits are shorter, and nobody has to know of them."""

_PROCESSES = Path("/proc")
_SHOWN = 60
_log = logging.getLogger(__name__)


class Wait:
    """One wait, for what `does` says the other process is about, such as "makes convert/1f"."""

    def __init__(self, does: str) -> None:
        self._does = does
        self._began = time.monotonic()
        self._said = ""

    def for_lock(self, path: Path) -> None:
        """Whoever has the file or folder locked is waited for. Called at each look."""
        if self._due():
            self._say(name(holder(path)))

    def for_process(self, pid: int, host: str = "") -> None:
        """The process `pid` is waited for, of another `host` if one is given."""
        if self._due():
            self._say(f"process {pid} of {one_line(host)}" if host else name(pid))

    def _due(self) -> bool:
        return time.monotonic() - self._began >= SAID_AFTER

    def _say(self, who: str) -> None:
        """Again when it is somebody else, or is stopped meanwhile."""
        if who and who != self._said:
            _log.warning("waiting for %s: it %s", who, self._does)
            self._said = who


def holder(path: Path) -> int:
    """The process that has locked a file or folder, 0 where the system does not tell."""
    with suppress(OSError):
        status = path.stat()
        device = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}"
        for line in (_PROCESSES / "locks").read_text().splitlines():
            words = line.split()
            if words[1] == "FLOCK" and words[5] == f"{device}:{status.st_ino}":
                return int(words[4])
    return 0


def name(pid: int) -> str:
    """ "process 71 (hilbench run rnn)", and how to wake one that is stopped; "" for this one."""
    if pid == os.getpid():
        return ""
    if pid <= 0:
        return "another process"
    try:
        command = _PROCESSES.joinpath(f"{pid}/cmdline").read_text(errors="replace").split("\0")
        state = _PROCESSES.joinpath(f"{pid}/stat").read_text(errors="replace")
    except OSError:
        return f"process {pid}"
    if len(command) > 1 and Path(command[0]).name.startswith("python"):
        del command[0]
    shown = one_line(" ".join([Path(command[0]).name, *command[1:]]))[:_SHOWN]
    stopped = state.rpartition(")")[2].split()[:1] == ["T"]
    wake = f", which is stopped (`kill -CONT {pid}` wakes it)" if stopped else ""
    return f"process {pid} ({shown}){wake}"
