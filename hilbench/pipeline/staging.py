"""How a stage of a job is done: announced, timed, limited, and looked up in the store."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from hilbench.core import hashing
from hilbench.core.deadline import Deadline
from hilbench.core.owner import Owner
from hilbench.core.store import Store
from hilbench.pipeline.events import Observer, StageDone, StageStarted
from hilbench.pipeline.plan import Job

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Outcome:
    """What a stage says of itself while it lasts."""

    cached = False


class Staging:
    """Does stages of jobs one at a time; safe to use from several threads."""

    def __init__(self, store: Store, owner: Owner) -> None:
        self._store, self._owner = store, owner

    def kept(
        self,
        job: Job,
        stage: str,
        key: Mapping[str, object],
        make: Callable[[Path, Deadline], T],
        kind: type[T],
        emit: Observer,
    ) -> T:
        """The result of a stage, from the store where `key` is known there.

        Raises what `make` does, StoreError, Interrupted.
        """

        def fill(out: Path) -> T:
            return make(out, self.deadline(job, stage))

        with self.announced(job.id, stage, emit) as done:
            result, done.cached = self._store.get(stage, hashing.of_values(**key), kind, fill)
        return result

    @staticmethod
    @contextmanager
    def announced(job: str, stage: str, emit: Observer, host: str = "") -> Iterator[Outcome]:
        """A stage begins, on a `host` of a farm or here, and ends unless it fails."""
        emit(StageStarted(job, stage, host))
        _log.info("%s: %s%s", job, stage, f" on {host}" if host else "")
        started = time.monotonic()
        outcome = Outcome()
        yield outcome
        seconds = time.monotonic() - started
        how = "from the cache" if outcome.cached else f"done in {seconds:.2f} s"
        _log.info("%s: %s %s", job, stage, how)
        emit(StageDone(job, stage, seconds, outcome.cached))

    def deadline(self, job: Job, stage: str) -> Deadline:
        """From now; some stages share a limit of the experiment."""
        limit = {"samples": "data", "read": "load"}.get(stage, stage)
        return Deadline.after(getattr(job.limits, limit), stage, self._owner)
