"""How a campaign is run: which of its jobs, in which order, how many at a time.

chosen = narrowed(selected, results, only_failed=True, only_missing=False)
jobs = ordered(chosen.jobs, failed(rows), durations, shuffle=None)
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hilbench.pipeline.plan import Job
from hilbench.pipeline.queue import AHEAD
from hilbench.pipeline.selection import Selection
from hilbench.record import store
from hilbench.record.journal.overview import mean
from hilbench.record.row import Row

WORKER_BYTES = 2 << 30
"""What a worker may need: it is TensorFlow's child that trains or converts."""


@dataclass(frozen=True)
class Steering:
    """`workers` None is as many as cores, memory and boards allow; `shuffle` is a seed.

    Stages in `fresh` are done again in spite of the cache. With `resume`, rows that a new run
    would repeat are kept. The jobs are done `repeat` times, a campaign each.
    """

    workers: int | None = None
    fresh: Sequence[str] = ()
    resume: bool = False
    repeat: int = 1
    shuffle: int | None = None
    stop_on_failure: bool = False


def standing(results: Path, experiment: str) -> dict[str, Row]:
    """By job, the rows that the results file has. Raises StoreError for one that is unreadable."""
    path = results / f"{experiment}.csv"
    return {row.job: row for row in store.read(path)} if path.exists() else {}


def narrowed(
    selected: Selection, results: Path, only_failed: bool, only_missing: bool
) -> Selection:
    """The jobs whose row is not ok, and those that have none; all where neither is asked for.

    Raises StoreError.
    """
    if not (only_failed or only_missing):
        return selected
    rows = standing(results, selected.experiment.name)
    wanted = {
        job.id
        for job in selected.jobs
        if (not rows[job.id].ok if job.id in rows else only_missing)
        and (only_failed or job.id not in rows)
    }
    return replace(selected, jobs=tuple(job for job in selected.jobs if job.id in wanted))


def failed(rows: Mapping[str, Row]) -> set[str]:
    """Those that were tried and are not ok."""
    return {job for job, row in rows.items() if not (row.ok or row.skipped)}


def ordered(
    jobs: Sequence[Job], first: Collection[str], seconds: Mapping[str, float], shuffle: int | None
) -> list[Job]:
    """Jobs that are `first`, then the longest; what never ran is taken for average.

    Jobs of which nothing is known are interleaved. A seed to `shuffle` with stands above all that.
    """
    jobs = interleaved(jobs)
    if shuffle is not None:
        random.Random(shuffle).shuffle(jobs)
        return jobs
    usual = mean(seconds)
    return sorted(jobs, key=lambda job: (job.id not in first, -seconds.get(job.id, usual)))


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


def pool_size(jobs: Sequence[Job], cores: int, memory: int) -> int:
    """Workers for host stages and emulators: no more than cores and free `memory` (bytes) allow.

    Jobs of real boards need no more of them than keep the boards busy.
    """
    lanes = {job.lane: job.station.lanes for job in jobs if job.station.lanes}
    of_boards = min(AHEAD * sum(lanes.values()), sum(job.lane in lanes for job in jobs))
    emulated = sum(job.lane not in lanes for job in jobs)
    return max(1, min(cores, memory // WORKER_BYTES, emulated + of_boards))
