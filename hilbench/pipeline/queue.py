"""Which job is next, for whom: host stages keep ahead, each board takes what is ready for it.

A board of the bench runs one job at a time, in a lane of its own, so that a wedged one holds up
nobody else. What is made ahead for it is bounded: so is memory. An emulated board has no lane:
who prepared its job measures it.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from typing import Generic, Protocol, TypeVar

AHEAD = 2
"""Jobs that are made ready for each lane."""


class _Job(Protocol):
    @property
    def lane(self) -> str: ...


J = TypeVar("J", bound=_Job)
W = TypeVar("W")


class Queue(Generic[J, W]):
    """`jobs` in the order of their priority; `lanes` is how many boards there are of each kind."""

    def __init__(self, jobs: Sequence[J], lanes: Mapping[str, int]) -> None:
        self._pending = list(jobs)
        self._ready: dict[str, deque[W]] = {lane: deque() for lane in lanes}
        self._room = {lane: AHEAD * count for lane, count in lanes.items()}
        self._coming = Counter(job.lane for job in jobs)
        self._change = threading.Condition()
        self._closed = False

    def next(self) -> J | None:
        """The first job whose board has room for it; None when there will be no more."""
        with self._change:
            while self._pending and not self._closed:
                for index, job in enumerate(self._pending):
                    if self._room.get(job.lane, 1) > 0:
                        if job.lane in self._room:
                            self._room[job.lane] -= 1
                        return self._pending.pop(index)
                self._change.wait()
            return None

    def ready(self, lane: str, work: W) -> None:
        """A board may take it."""
        with self._change:
            self._coming[lane] -= 1
            self._ready[lane].append(work)
            self._change.notify_all()

    def over(self, lane: str) -> None:
        """A job that needs no board after all."""
        with self._change:
            self._coming[lane] -= 1
            self._make_room(lane)

    def next_on(self, lane: str) -> W | None:
        """What a board does next; None when nothing will come."""
        with self._change:
            while not self._ready[lane] and self._coming[lane] > 0 and not self._closed:
                self._change.wait()
            if not self._ready[lane] or self._closed:
                return None
            work = self._ready[lane].popleft()
            self._make_room(lane)
            return work

    def close(self) -> None:
        """Nothing more is handed out."""
        with self._change:
            self._closed = True
            self._change.notify_all()

    def _make_room(self, lane: str) -> None:
        if lane in self._room:
            self._room[lane] += 1
        self._change.notify_all()
