"""Which jobs of a selection are run, and in which order."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hilbench.core.errors import StoreError
from hilbench.pipeline.plan import Job
from hilbench.pipeline.selection import Selection
from hilbench.record import store
from hilbench.record.journal import Last
from hilbench.record.row import OK


@dataclass(frozen=True)
class Steering:
    """`only_failed` and `only_missing` are about the rows that there are; both is either.

    `shuffle` is a seed for a random order, which shows whether a board's figures depend on what it
    did before. With `stop_on_failure` no job begins once one has failed.
    """

    only_failed: bool = False
    only_missing: bool = False
    shuffle: int | None = None
    stop_on_failure: bool = False


PLAIN = Steering()
"""All jobs, to the end."""


def narrowed(selected: Selection, results: Path, wanted: Steering) -> Selection:
    """Without the jobs that were not meant; perhaps none is left. Raises StoreError."""
    if not (wanted.only_failed or wanted.only_missing):
        return selected
    path = results / f"{selected.experiment.name}.csv"
    rows = {row.job: row for row in store.read(path)} if path.exists() else {}
    if wanted.only_failed and not rows and not wanted.only_missing:
        raise StoreError(
            f"{path} has no rows, so no job failed", remedy="run without --only-failed"
        )
    failed = {job for job, row in rows.items() if not (row.ok or row.skipped)}
    jobs = tuple(
        job
        for job in selected.jobs
        if (wanted.only_failed and job.id in failed) or (wanted.only_missing and job.id not in rows)
    )
    return replace(selected, jobs=jobs)


def ordered(jobs: Sequence[Job], last: Mapping[str, Last], shuffle: int | None) -> list[Job]:
    """What failed the last time first, then what is new, then the longest first.

    Among equals, neighbours seldom wait for the same training.
    """
    apart = interleaved(jobs)
    if shuffle is not None:
        random.Random(shuffle).shuffle(apart)
        return apart
    return sorted(apart, key=lambda job: _rank(last.get(job.id)))


def _rank(last: Last | None) -> tuple[int, float]:
    if last is None:
        return 1, 0.0
    return (2, -last.seconds) if last.status == OK else (0, 0.0)


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
