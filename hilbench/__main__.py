"""`hilbench` and `python -m hilbench`: can be stopped from the first moment on."""

from __future__ import annotations

import gc
import os
import signal

TYPE_CHECKING = False  # nothing is imported here that can wait
if TYPE_CHECKING:
    from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""As core.owner has them, which would take longer to import than anything here."""


_COLLECTED_AFTER = (50_000, 20, 20)
"""Python's own thresholds look for garbage a hundred times while modules are imported, which
leave none."""


def main() -> None:
    """Entry point of the console script."""
    gc.set_threshold(*_COLLECTED_AFTER)
    from hilbench.cli.main import main as command

    try:
        command()
    finally:
        for number in _SIGNALS:  # all is said and done: Python's own end needs a moment
            signal.signal(number, signal.SIG_IGN)


def _end(number: int, _frame: FrameType | None) -> None:
    try:
        os.write(2, b"hilbench: interrupted\n")
    finally:
        os._exit(128 + number)


def _hear() -> None:
    """From here on a signal ends what has only begun with one line."""
    for number in _SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:  # nohup and background jobs ignore some
            signal.signal(number, _end)


_hear()


if __name__ == "__main__":
    main()
