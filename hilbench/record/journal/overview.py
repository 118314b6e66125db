"""What runs in a results folder, what is left and for how long, read without disturbing anybody."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hilbench.record.journal import living
from hilbench.record.journal.database import Database
from hilbench.record.journal.reading import opened
from hilbench.record.row import OK

RUNNING, LOST = "running", "lost"
KEPT = "kept"


@dataclass(frozen=True)
class Now:
    """A job that is being done: its stage, since how many seconds, and the host of a farm that
    does it, "" where it is the campaign's own."""

    job: str
    stage: str
    seconds: float
    host: str = ""


@dataclass(frozen=True)
class Progress:
    """One campaign. `state` is running, done, stopped or lost (its process was killed).

    `ok` includes rows that were kept of earlier runs. `seconds` is how long it ran so far,
    `jobs_per_hour` how many jobs ended in that time, `seconds_left` None where it does not run, or
    nothing is known of how long its jobs take.
    """

    campaign: int
    experiment: str
    state: str
    host: str
    pid: int
    command: str
    started: float
    seconds: float
    jobs: int
    ok: int
    not_ok: int
    waiting: int
    running: tuple[Now, ...]
    jobs_per_hour: float
    seconds_left: float | None


def overview(journal: Path) -> list[Progress]:
    """Each campaign that runs, and the latest of each experiment. Raises StoreError, UsageError."""
    with opened(journal) as database:
        found = database.rows(
            "SELECT * FROM campaigns WHERE outcome IS NULL OR id IN"
            " (SELECT max(id) FROM campaigns GROUP BY experiment) ORDER BY id"
        )
        latest = {each["experiment"]: each["id"] for each in found}
        all_of_them = [_progress(database, each) for each in found]
        return [
            each
            for each in all_of_them
            if each.state == RUNNING or latest[each.experiment] == each.campaign
        ]


def durations(journal: Path, experiment: str) -> dict[str, float]:
    """Seconds by job, of the last time that it was measured. Raises StoreError, UsageError."""
    if not journal.is_file():
        return {}
    with opened(journal) as database:
        return _took(database, experiment)


def mean(seconds: Mapping[str, float]) -> float:
    """Of what is known of jobs; 0 where nothing is."""
    return sum(seconds.values()) / len(seconds) if seconds else 0.0


def _took(database: Database, experiment: str) -> dict[str, float]:
    found = database.rows(
        "SELECT job, ended - started FROM attempts WHERE experiment = ? AND status = ?"
        " AND ended > started ORDER BY id",  # a row that was taken in from a CSV took no time
        (experiment, OK),
    )
    return dict(found)


def _progress(database: Database, campaign: Any) -> Progress:
    number, now = campaign["id"], time.time()
    state, end = campaign["outcome"], campaign["ended"]
    if state is None:
        alive = living.alive(*(campaign[name] for name in ("host", "pid", "born", "seen")))
        state, end = (RUNNING, now) if alive else (LOST, None)
    states = dict(
        database.rows("SELECT job, state FROM jobs WHERE campaign = ? ORDER BY place", (number,))
    )
    attempts = {
        each["job"]: each
        for each in database.rows(
            "SELECT job, stage, started, ended, status, worker FROM attempts WHERE campaign = ?"
            " ORDER BY id",
            (number,),
        )
    }
    done = Counter(
        attempts[job]["status"] in (OK, KEPT)
        for job, at in states.items()
        if at == "done" and job in attempts
    )
    running = tuple(
        Now(job, each["stage"], now - each["started"], each["worker"])
        for job, at in states.items()
        if state == RUNNING and at == "running" and (each := attempts.get(job)) is not None
    )
    seconds = max(0.0, (campaign["seen"] if end is None else end) - campaign["started"])
    left = [job for job, at in states.items() if at != "done"]
    return Progress(
        number, campaign["experiment"], state, campaign["host"], campaign["pid"],
        campaign["command"], campaign["started"], seconds, len(states), done[True], done[False],
        len(left) - len(running), running, 3600 * done.total() / seconds if seconds else 0.0,
        _left(database, campaign, left, attempts, seconds) if state == RUNNING else None,
    )  # fmt: skip


def _left(
    database: Database, campaign: Any, left: list[str], attempts: dict[str, Any], seconds: float
) -> float | None:
    now = time.time()
    spent = {job: (each["ended"] or now) - each["started"] for job, each in attempts.items()}
    begun = {job: spent.get(job, 0.0) for job in left}
    at_a_time = sum(spent.values()) / seconds if seconds else 1.0
    return remaining(_took(database, campaign["experiment"]), begun.items(), at_a_time)


def remaining(
    took: Mapping[str, float], left: Iterable[tuple[str, float]], at_a_time: float
) -> float | None:
    """Seconds until jobs are done, so many `at_a_time`; None where nothing is known.

    Each of those `left` needs what it `took` when it was last measured, else what one takes on
    average, less the seconds that were spent on it already.
    """
    if not took:
        return None
    usual = mean(took)
    work = sum(max(0.0, took.get(job, usual) - spent) for job, spent in left)
    return work / max(1.0, at_a_time)
