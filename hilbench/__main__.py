"""`hilbench` and `python -m hilbench`: can be stopped from the first moment on."""

from __future__ import annotations

import contextlib
import os
import signal
from types import FrameType

from hilbench.core.owner import SIGNALS


def main() -> None:
    """Entry point of the console script; while the command line is imported, nothing is lost."""
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:  # nohup and background jobs ignore some
            signal.signal(number, _end)
    from hilbench.cli.main import main as command

    try:
        command()
    finally:
        for number in SIGNALS:  # all is said and done: Python's own end needs a moment
            signal.signal(number, signal.SIG_IGN)


def _end(number: int, _frame: FrameType | None) -> None:
    with contextlib.suppress(OSError):
        os.write(2, b"hilbench: interrupted\n")
    os._exit(128 + number)


if __name__ == "__main__":
    main()
