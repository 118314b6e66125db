"""Runs the jobs of an experiment; one that fails is a row, never the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime

from hilbench import __version__
from hilbench.config.experiment import Experiment
from hilbench.core.errors import Interrupted, JobError, MissingTool
from hilbench.core.owner import Owner
from hilbench.pipeline.events import Event, JobDone, Observer
from hilbench.pipeline.plan import Job
from hilbench.pipeline.stages import Stages
from hilbench.pipeline.values import row_values
from hilbench.record.metrics import SCHEMA, Value
from hilbench.record.row import OK, Row
from hilbench.record.store import Store


@dataclass(frozen=True)
class Runner:
    """Hands jobs to `workers` threads and their rows to `store`, until `owner` is stopped.

    With `resume`, rows that a new run would repeat are kept. `file` is what rows say of the
    experiment's file.
    """

    experiment: Experiment
    stages: Stages
    store: Store
    observe: Observer
    owner: Owner
    workers: int
    file: str
    resume: bool = False

    def run(self, jobs: Sequence[Job]) -> list[Row]:
        """All rows, in the order of the jobs.

        Raises StoreError when results can no longer be written, and Interrupted
        on Ctrl-C; what was finished by then is in the store.
        """
        lock = threading.Lock()
        kept = {row.job: row for row in self.store.rows() if row.ok} if self.resume else {}

        def emit(event: Event) -> None:
            with lock:
                self.observe(event)

        pool = ThreadPoolExecutor(self.workers, thread_name_prefix="job")
        order = interleaved(jobs)
        futures = [pool.submit(self._one, job, kept.get(job.id), emit) for job in order]
        try:
            _wait(futures)
        except KeyboardInterrupt:
            raise Interrupted(f"interrupted; finished rows are in {self.store.path}") from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            if not all(future.done() for future in futures):
                self.owner.stop()
            pool.shutdown(wait=True)
        return self.store.rows()

    def _one(self, job: Job, kept: Row | None, emit: Observer) -> None:
        started = time.monotonic()
        identity = self._identity(job)
        log_dir = ""
        try:
            prepared = self.stages.prepare(job, emit)
            if kept and kept.get("decided_by") == prepared.decided_by:
                emit(JobDone(kept, time.monotonic() - started, kept=True))
                return
            measured = self.stages.measure(prepared, emit)
            row = Row({**identity, "status": OK, **row_values(prepared, measured)})
        except (JobError, MissingTool) as error:
            if self.owner.stopping:
                raise Interrupted("interrupted") from error
            log_dir = error.log_dir
            row = Row({**identity, "status": error.status, "reason": str(error)})
        self.store.put(row)
        emit(JobDone(row, time.monotonic() - started, log_dir))

    def _identity(self, job: Job) -> dict[str, Value]:
        return {
            "schema": SCHEMA,
            "experiment": self.experiment.name,
            "experiment_file": self.file,
            **job.names,
            "hilbench": __version__,
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
        }


def interleaved(jobs: Sequence[Job]) -> list[Job]:
    """Jobs in an order in which neighbours seldom wait for the same training."""
    models = list(dict.fromkeys(job.model.name for job in jobs))
    nth = dict.fromkeys(models, 0)
    keyed = []
    for job in jobs:
        name = job.model.name
        keyed.append((nth[name], models.index(name), job))
        nth[name] += 1
    return [job for _, _, job in sorted(keyed, key=lambda item: item[:2])]


def _wait(futures: Sequence[Future[None]]) -> None:
    """Until all are done, or one raised what is not a job's failure."""
    done, _ = wait(futures, return_when=FIRST_EXCEPTION)
    for future in done:
        if (error := future.exception()) is not None:
            raise error
