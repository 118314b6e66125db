"""One job per probe, across processes; and which boards are out of order.

Locks are files that the kernel unlocks when their owner dies. Beside each lies
who owns it; an owner that is no longer alive has left a stale lock, which is
taken over and reported.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from hilbench.core.deadline import Deadline
from hilbench.core.errors import StoreError, TargetError

_POLL_SECONDS = 0.05
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Owner:
    """A process that has a lock; `started` tells it from a later one with its number."""

    pid: int
    started: float
    since: float
    purpose: str

    @property
    def alive(self) -> bool:
        import psutil  # here and below: only a bench needs it

        try:
            return abs(psutil.Process(self.pid).create_time() - self.started) < 1.0
        except psutil.Error:
            return False

    def __str__(self) -> str:
        since = time.strftime("%H:%M:%S", time.localtime(self.since))
        return f"process {self.pid} ({self.purpose}, since {since})"


@dataclass(frozen=True)
class Held:
    """A lock that was obtained, and the dead owner that had left it, if any."""

    probe: str
    stale: Owner | None


class Locks:
    """The locks in one folder, which all of a user's runs share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def owner(self, probe: str) -> Owner | None:
        """Who has the probe, or had it and died without giving it back."""
        try:
            return Owner(**json.loads(self._file(probe, "owner").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    @contextmanager
    def any_of(self, probes: Sequence[str], purpose: str, deadline: Deadline) -> Iterator[Held]:
        """Own the first of `probes` that is free; whose end is waited for is logged.

        Raises TargetError naming the owners when none becomes free in time,
        StoreError when the folder cannot be used, Interrupted.
        """
        import psutil

        held, lock = self._acquire(probes, deadline)
        me = psutil.Process()
        mine = Owner(me.pid, me.create_time(), time.time(), purpose)
        try:
            self._file(held.probe, "owner").write_text(json.dumps(asdict(mine)), encoding="utf-8")
            yield held
        finally:
            self._file(held.probe, "owner").unlink(missing_ok=True)
            lock.release()

    def dead(self, probe: str) -> str:
        """Why the board behind the probe is out of order; "" if it is not."""
        try:
            return self._file(probe, "dead").read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def mark_dead(self, probe: str, reason: str) -> None:
        """No job may use the board until `clear`."""
        self._make_folder()
        self._file(probe, "dead").write_text(reason, encoding="utf-8")

    def clear(self, probe: str) -> bool:
        """Forget that the board was out of order; False if it was not."""
        path = self._file(probe, "dead")
        existed = path.exists()
        path.unlink(missing_ok=True)
        return existed

    def _acquire(self, probes: Sequence[str], deadline: Deadline) -> tuple[Held, FileLock]:
        self._make_folder()
        reported = ""
        while True:
            for probe in probes:
                lock = FileLock(self._file(probe, "lock"), thread_local=False)
                try:
                    lock.acquire(timeout=0)
                except Timeout:
                    continue
                return Held(probe, self.owner(probe)), lock
            owners = ", ".join(str(self.owner(probe) or "somebody") for probe in probes)
            if deadline.expired():
                raise TargetError(f"the board stayed in use by {owners}")
            if owners != reported:
                _log.info("waiting for a board, in use by %s", owners)
                reported = owners
            deadline.sleep(_POLL_SECONDS)

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreError(
                f"cannot keep locks in {self._folder}: {error.strerror}",
                remedy="set HILBENCH_STATE to a folder of your own",
            ) from error

    def _file(self, probe: str, kind: str) -> Path:
        return self._folder / f"{re.sub(r'[^A-Za-z0-9_.-]', '_', probe)}.{kind}"
