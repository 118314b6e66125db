"""Whose work something is: who may stop it, and what has to end when he does.

There is one owner per run. It is handed down inside each Deadline, so that whatever
waits knows both reasons to give up: the time is over, or the run is being stopped.
An owner that was stopped stays stopped; the next run has another one.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hilbench.core.errors import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What asks a run to stop."""


class Owner:
    """Safe for any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._endings: dict[int, Callable[[], None]] = {}
        self._next = 0

    @property
    def stopping(self) -> bool:
        """Whether `stop` was called: what fails now fails because of it."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """End all that is adopted; from now on every wait raises Interrupted. Never blocks."""
        self._stopping.set()
        with self._lock:
            endings = list(self._endings.values())
        for end in endings:
            end()

    def check(self) -> None:
        """Raise Interrupted once the work is being stopped."""
        if self.stopping:
            raise Interrupted("interrupted")

    def sleep(self, seconds: float) -> None:
        """Wait. Raises Interrupted as soon as the work is being stopped."""
        self._stopping.wait(seconds)
        self.check()

    @contextmanager
    def adopted(self, end: Callable[[], None]) -> Iterator[None]:
        """While the block lasts, `stop` calls `end`. Raises Interrupted when it is too late."""
        key = self._adopt(end)
        try:
            yield
        finally:
            with self._lock:
                del self._endings[key]

    def _adopt(self, end: Callable[[], None]) -> int:
        with self._lock:
            self.check()
            self._next += 1
            self._endings[self._next] = end
            return self._next
