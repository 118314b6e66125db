"""How a command ends: by itself, or by a signal, within two seconds whatever it is doing.

The first of INT, TERM and HUP stops the owner of all work and interrupts the main thread;
further ones are not needed and change nothing. What has not ended a moment later is cut
off: the watchdog then ends children and removes what was temporary.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from types import FrameType, TracebackType
from typing import Any

from hilbench.core.owner import SIGNALS, Owner

GRACE_SECONDS = 1.4


class Stopped(KeyboardInterrupt):
    """What interrupts the main thread.

    Not KeyboardInterrupt itself: where that passes through the `exec` of a text, as dataclasses
    do it, CPython ends by SIGINT in the end, whoever has caught it.
    """


class Endings:
    """Handles signals while it is entered; `owner` is whose work the command does."""

    def __init__(self) -> None:
        self.owner = Owner()
        self._number = 0
        self._over = False
        self._before: dict[int, Any] = {}
        self._unraisable = sys.unraisablehook
        self._uncaught = sys.excepthook

    @property
    def status(self) -> int:
        """The exit status that a signal asks for, 0 if there was none."""
        return 128 + self._number if self._number else 0

    def over(self) -> None:
        """The command has ended by itself: signals that come now are too late."""
        self._over = True

    def __enter__(self) -> Endings:
        for number in SIGNALS:
            before = signal.getsignal(number)
            if before != signal.SIG_IGN:
                self._before[number] = before
                signal.signal(number, self._handle)
        sys.unraisablehook = self._lost
        sys.excepthook = self._printed
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        for number, before in self._before.items():
            signal.signal(number, signal.SIG_IGN if self._number else before)
        sys.unraisablehook = self._unraisable
        sys.excepthook = self._uncaught

    def _lost(self, what: sys.UnraisableHookArgs) -> None:
        """A destructor or callback took what was to interrupt the main thread: `_stop` ends it."""
        if not issubclass(what.exc_type, Stopped):
            self._unraisable(what)

    def _printed(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """As `_lost`, of what an extension in C takes and prints, as where it imports NumPy."""
        if not issubclass(kind, Stopped):
            self._uncaught(kind, error, trace)

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if self._number or self._over:
            return
        self._number = number
        threading.Thread(target=self._stop, daemon=True).start()
        raise Stopped

    def _stop(self) -> None:
        self.owner.stop()
        time.sleep(GRACE_SECONDS)
        with contextlib.suppress(OSError):
            os.write(2, b"hilbench: interrupted\n")
        os._exit(self.status)
