"""Which process does something, and whether it still lives."""

from __future__ import annotations

import os
import socket
import time
from functools import cache

SILENT_SECONDS = 60.0
"""A process of another host that was not heard of for so long is taken for dead."""


@cache
def host() -> str:
    return socket.gethostname()


def born(pid: int | None = None) -> float:
    """When a process started, 0.0 where there is none of that number, or one that has ended."""
    import psutil

    try:
        found = psutil.Process(os.getpid() if pid is None else pid)
        return 0.0 if found.status() == psutil.STATUS_ZOMBIE else float(found.create_time())
    except (psutil.Error, ValueError, OverflowError):  # a number that no process has
        return 0.0


def alive(at: str, pid: int, started: float, seen: float) -> bool:
    """Whether the process `pid` of host `at`, born at `started`, still works."""
    if at == host() and started > 0.0:  # it is 0.0 where no birth could be read
        return abs(born(pid) - started) < 1.0
    return time.time() - seen < SILENT_SECONDS
