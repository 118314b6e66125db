"""A point in monotonic time that is handed down instead of time-outs."""

from __future__ import annotations

import time
from dataclasses import dataclass

from hilbench.core.errors import DeadlineExceeded


@dataclass(frozen=True)
class Deadline:
    """Until when something may take; all layers below share the same one."""

    what: str
    seconds: float
    expires: float

    @classmethod
    def after(cls, seconds: float, what: str) -> Deadline:
        return cls(what, seconds, time.monotonic() + seconds)

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.expires - time.monotonic())

    def expired(self) -> bool:
        return self.remaining() == 0.0

    def check(self) -> None:
        """Raise DeadlineExceeded once the time is over."""
        if self.expired():
            raise self.error()

    def at_most(self, seconds: float) -> float:
        """A time-out for one call: `seconds`, or less where less is left."""
        return min(seconds, self.remaining())

    def error(self) -> DeadlineExceeded:
        return DeadlineExceeded(f"{self.what} took longer than {self.seconds:g} s")
