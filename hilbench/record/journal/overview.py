"""What runs in a results folder, what is left and for how long, read without disturbing anybody."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
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
    """A job that is being done: its stage, and since how many seconds."""

    job: str
    stage: str
    seconds: float


@dataclass(frozen=True)
class Progress:
    """One campaign. `state` is running, done, stopped or lost (its process was killed).

    `ok` includes rows that were kept of earlier runs. `seconds` is how long it ran so far,
    `seconds_left` None where it does not run, or nothing is known of how long its jobs take.
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
            "SELECT job, stage, started, ended, status FROM attempts WHERE campaign = ?"
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
        Now(job, attempts[job]["stage"], now - attempts[job]["started"])
        for job, at in states.items()
        if state == RUNNING and at == "running" and job in attempts
    )
    seconds = max(0.0, (campaign["seen"] if end is None else end) - campaign["started"])
    left = [job for job, at in states.items() if at != "done"]
    return Progress(
        number, campaign["experiment"], state, campaign["host"], campaign["pid"],
        campaign["command"], campaign["started"], seconds, len(states), done[True], done[False],
        len(left) - len(running), running,
        _left(database, campaign, left, attempts, seconds) if state == RUNNING else None,
    )  # fmt: skip


def _left(
    database: Database, campaign: Any, left: list[str], attempts: dict[str, Any], seconds: float
) -> float | None:
    """Seconds: what each job took when it was last measured, else what one takes on average.

    That is work; the campaign does so much of it at a time as it did until now.
    """
    took = _took(database, campaign["experiment"])
    if not took:
        return None
    usual = mean(took)
    now = time.time()
    spent = {job: (each["ended"] or now) - each["started"] for job, each in attempts.items()}
    at_a_time: float = max(1.0, sum(spent.values()) / seconds) if seconds else 1.0
    work: float = sum(max(0.0, took.get(job, usual) - spent.get(job, 0.0)) for job in left)
    return work / at_a_time
