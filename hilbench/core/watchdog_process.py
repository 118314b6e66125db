"""The process behind core/watchdog.py: `python -I -S watchdog_process.py`.

It listens until its input ends, then kills the process groups and removes the folders that were
entrusted to it and not given back. This file stands alone and imports next to nothing, as it
starts with every run: the module `signal` alone would take half as long as Python itself.
"""

from __future__ import annotations

import os
import sys

GROUP, FOLDER = "group", "folder"
_KILL = 9


def serve() -> None:
    """Lines are "+ KIND NAME" and "- KIND NAME"; the name of a folder is in hexadecimal."""
    held: set[tuple[str, str]] = set()
    for line in sys.stdin:
        sign, kind, name = line.split()
        (held.add if sign == "+" else held.discard)((kind, name))
    for kind, name in sorted(held, reverse=True):  # groups before the folders they write to
        if kind == GROUP:
            _kill(int(name))
        else:
            _remove(bytes.fromhex(name))


def _kill(group: int) -> None:
    try:
        os.killpg(group, _KILL)
    except OSError:
        return


def _remove(folder: bytes) -> None:
    import shutil  # most runs leave nothing behind

    shutil.rmtree(os.fsdecode(folder), ignore_errors=True)


if __name__ == "__main__":
    serve()
