"""Runs the jobs of an experiment; one that fails is a row, never the end."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from hilbench import __version__
from hilbench.core.errors import HostLost, Interrupted, JobError, MissingTool
from hilbench.core.owner import Owner
from hilbench.core.text import counted
from hilbench.pipeline import profiling, repetitions
from hilbench.pipeline.events import Event, JobDone, Observer, StageDone, StageStarted
from hilbench.pipeline.guests import ending
from hilbench.pipeline.plan import Job
from hilbench.pipeline.queue import Queue
from hilbench.pipeline.stages import Prepared, Stages
from hilbench.pipeline.values import row_values
from hilbench.record.journal import Attempt, Campaign
from hilbench.record.metrics import SCHEMA, Value
from hilbench.record.row import OK, Row


@dataclass(frozen=True)
class _Work:
    """A job that only its board is missing for. `identity` are columns that say whose row it is."""

    job: Job
    attempt: Attempt
    prepared: Prepared
    identity: dict[str, Value]
    began: float


HOSTS = 3
"""How many hosts of a farm may be lost over one job before it is the job's fault."""

_log = logging.getLogger(__name__)


class Runner:
    """Does jobs in `workers` threads, and one for each board of the bench; rows go to `campaign`.

    With `resume`, rows that a new run would repeat are kept. With `stop_on_failure` no job
    begins after one has failed; what is measured by then is finished.
    """

    def __init__(
        self,
        stages: Stages,
        campaign: Campaign,
        observe: Observer,
        owner: Owner,
        workers: int,
        resume: bool = False,
        stop_on_failure: bool = False,
    ) -> None:
        self.stages, self.campaign, self.owner = stages, campaign, owner
        self._workers, self._resume = workers, resume
        self._stop_on_failure, self._queue = stop_on_failure, Queue[Job, _Work]([], {})
        self._observe, self._lock = observe, threading.Lock()

    def run(self, jobs: Sequence[Job]) -> list[Row]:
        """All rows of the CSV, in its order; jobs that are first in `jobs` are done first.

        Raises StoreError when results can no longer be written, and Interrupted
        on Ctrl-C; what was finished by then is in the journal.
        """
        counts = {job.lane: self.stages.lanes(job) for job in jobs}
        lanes = {lane: count for lane, count in counts.items() if count}
        self._queue = queue = Queue[Job, _Work](jobs, lanes)
        threads = self._workers + sum(lanes.values())
        pool = ThreadPoolExecutor(threads, thread_name_prefix="job")
        futures = [pool.submit(self._on_host, queue, lanes) for _ in range(self._workers)]
        for lane, boards in lanes.items():
            futures += [pool.submit(self._on_board, queue, lane) for _ in range(boards)]
        try:
            try:
                _wait(futures)
            finally:
                queue.close()
                if not all(future.done() for future in futures):
                    self.owner.stop()
                pool.shutdown(wait=True)
        except KeyboardInterrupt:
            left = counted(len(self.campaign.left()), "job")
            raise Interrupted(
                f"interrupted; finished rows are in {self.campaign.path}, {left} left"
            ) from None
        return self.campaign.rows()

    def _on_host(self, queue: Queue[Job, _Work], lanes: Collection[str]) -> None:
        """Prepare jobs, one after the other; measure those that no lane is for."""
        while (job := queue.next()) is not None:
            work = self._prepare(job)
            if work is not None and job.lane in lanes:
                queue.ready(job.lane, work)
                continue
            if work is not None:
                self._measure(work)
            queue.over(job.lane)

    def _on_board(self, queue: Queue[Job, _Work], lane: str) -> None:
        while (work := queue.next_on(lane)) is not None:
            self._measure(work)

    def _prepare(self, job: Job) -> _Work | None:
        """All but the measurement; None for a job that has its row now."""
        began = time.monotonic()
        attempt = self.campaign.attempt(job.id)
        identity = self._identity(job)
        try:
            prepared = self.stages.prepare(job, self._noting(attempt))
        except Exception as error:  # noqa: BLE001 - also of others' code
            self._failed(attempt, identity, began, ending(error))
            return None
        if self._resume and (found := self.campaign.row(job.id)):
            source, row = found
            if row.ok and row.get("decided_by") == prepared.decided_by:
                self._kept(attempt, source, row, began)
                return None
        return _Work(job, attempt, prepared, identity, began)

    def _measure(self, work: _Work) -> None:
        """Until it has a row: what a host of a farm took with it is measured again."""
        for left in reversed(range(HOSTS)):
            try:
                self._measured(work)
                return
            except HostLost as error:
                if not left:
                    self._failed(work.attempt, work.identity, work.began, error)
                    return
                work.attempt.lost(error.message)
                _log.warning("%s: %s; it is measured again", work.job.id, error.message)
                work = replace(work, attempt=self.campaign.attempt(work.job.id))

    def _measured(self, work: _Work) -> None:
        """Raises HostLost."""
        if (found := work.attempt.claim(work.prepared.decided_by, self.owner)) is not None:
            self._kept(work.attempt, *found, work.began)
            return
        try:
            measured = self.stages.measure(work.prepared, self._noting(work.attempt))
            values = row_values(work.prepared, measured)
            row = Row({**work.identity, "status": OK, **values})
            profile = profiling.kept(work.prepared, measured, self.owner)
        except HostLost:
            raise
        except Exception as error:  # noqa: BLE001 - also of others' code
            self._failed(work.attempt, work.identity, work.began, ending(error))
            return
        work.attempt.ended(row, repetitions.raw(measured), profile=profile)
        self._emit(JobDone(row, time.monotonic() - work.began))

    def _failed(
        self,
        attempt: Attempt,
        identity: dict[str, Value],
        began: float,
        error: JobError | MissingTool,
    ) -> None:
        if self.owner.stopping:
            raise Interrupted("interrupted") from error
        row = Row({**identity, "status": error.status, "reason": str(error)})
        attempt.ended(row, log_dir=error.log_dir)
        if self._stop_on_failure and not row.skipped:
            self._queue.close()
        self._emit(JobDone(row, time.monotonic() - began, error.log_dir))

    def _kept(self, attempt: Attempt, source: int, row: Row, began: float) -> None:
        mine = attempt.kept(source, row)
        self._emit(JobDone(mine, time.monotonic() - began, kept=True))

    def _noting(self, attempt: Attempt) -> Observer:
        """What writes the stages of an attempt down, and tells whoever watches."""

        def emit(event: Event) -> None:
            if isinstance(event, StageStarted):
                attempt.started(event.stage, event.host)
            elif isinstance(event, StageDone):
                attempt.did(event.stage, event.seconds, event.cached)
            self._emit(event)

        return emit

    def _emit(self, event: Event) -> None:
        with self._lock:
            self._observe(event)

    def _identity(self, job: Job) -> dict[str, Value]:
        plan = self.campaign.plan
        again = plan.again.get(str(job.names["model"]))
        return {
            "schema": SCHEMA,
            "experiment": plan.experiment,
            "experiment_file": plan.file,
            **({"repeated_by": again} if again else {}),
            **job.names,
            "hilbench": __version__,
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
        }


def _wait(futures: Sequence[Future[None]]) -> None:
    """Until all are done, or one raised what is not a job's failure."""
    done, _ = wait(futures, return_when=FIRST_EXCEPTION)
    for future in done:
        if (error := future.exception()) is not None:
            raise error
