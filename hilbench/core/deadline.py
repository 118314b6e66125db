"""A point in monotonic time that is handed down instead of time-outs."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from hilbench.core.errors import DeadlineExceeded
from hilbench.core.owner import Owner

SLICE_SECONDS = 0.1
"""The longest that a call may block which cannot be woken up."""


@dataclass(frozen=True)
class Deadline:
    """Until when something may take, and who may stop it; all layers below share both."""

    what: str
    seconds: float
    expires: float
    owner: Owner = field(compare=False)

    @classmethod
    def after(cls, seconds: float, what: str, owner: Owner | None = None) -> Deadline:
        """From now. Without an `owner` nobody stops it."""
        return cls(what, seconds, time.monotonic() + seconds, owner or Owner())

    def within(self, seconds: float, what: str) -> Deadline:
        """One for a part of the work: `seconds`, or less where less is left."""
        return Deadline.after(self.at_most(seconds), what, self.owner)

    def afresh(self, seconds: float, what: str) -> Deadline:
        """One for other work of the same owner, whatever is left of this one."""
        return Deadline.after(seconds, what, self.owner)

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.expires - time.monotonic())

    def expired(self) -> bool:
        return self.remaining() == 0.0

    def check(self) -> None:
        """Raise Interrupted when the work is being stopped, DeadlineExceeded once time is over."""
        self.owner.check()
        if self.expired():
            raise self.error()

    def at_most(self, seconds: float) -> float:
        """A time-out for one call: `seconds`, or less where less is left."""
        return min(seconds, self.remaining())

    def sleep(self, seconds: float) -> None:
        """Wait, no longer than there is time. Raises Interrupted."""
        self.owner.sleep(self.at_most(seconds))

    def slice(self) -> float:
        """A time-out for a call that cannot be woken up; to be made again. Raises Interrupted."""
        self.owner.check()
        return self.at_most(SLICE_SECONDS)

    def error(self) -> DeadlineExceeded:
        return DeadlineExceeded(f"{self.what} took longer than {self.seconds:g} s")
