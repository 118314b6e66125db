"""How the rows that an experiment has now came about: stages, repetitions, where the time goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hilbench.record.journal.attempt import Profile, Samples
from hilbench.record.journal.database import Database
from hilbench.record.journal.reading import measured, opened, profile_of, samples_of
from hilbench.record.journal.rows import SELECT, parsed
from hilbench.record.row import Row


@dataclass(frozen=True)
class Stage:
    """One that was done, or taken from the cache, in so many seconds."""

    name: str
    seconds: float
    cached: bool


@dataclass(frozen=True)
class Before:
    """The latest measurement that other code made: the commit that differs, and what it gave."""

    commit: str
    row: Row
    profile: Profile


@dataclass(frozen=True)
class Details:
    """Of the attempt that measured a row; `samples` and `profile` may not be there.

    `log_dir` is where a failed one left its logs, else "".
    """

    stages: tuple[Stage, ...] = ()
    samples: Samples | None = None
    profile: Profile | None = None
    log_dir: str = ""
    before: Before | None = None


def of_experiment(journal: Path, experiment: str) -> dict[str, tuple[Row, Details]]:
    """By job. Raises StoreError."""
    with opened(journal) as database:
        attempts = database.rows(
            f"SELECT found.* FROM rows JOIN ({SELECT}) AS found ON found.id = rows.attempt"
            " WHERE rows.experiment = ?",
            (experiment,),
        )
        return {
            each["job"]: (parsed(each, database.path), _details(database, each["id"]))
            for each in attempts
        }


def _details(database: Database, attempt: int) -> Details:
    made = measured(database, attempt)
    stages = database.rows(
        "SELECT stage, seconds, cached FROM stages WHERE attempt = ? ORDER BY place", (made,)
    )
    (found,) = database.rows("SELECT log_dir FROM attempts WHERE id = ?", (made,))
    profile = profile_of(database, made)
    return Details(
        tuple(Stage(s["stage"], s["seconds"], bool(s["cached"])) for s in stages),
        samples_of(database, made),
        profile,
        found["log_dir"],
        _before(database, made) if profile else None,
    )


_OTHERS = """
    SELECT attempts.id, attempts.job, attempts.row, attempts.digest,
        theirs.hilbench_commit, theirs.repository_commit,
        theirs.repository_commit != ours.repository_commit AS user
    FROM attempts AS own
    JOIN campaigns AS ours ON ours.id = own.campaign
    JOIN attempts ON attempts.experiment = own.experiment AND attempts.job = own.job
        AND attempts.id < own.id AND attempts.status = 'ok' AND attempts.source IS NULL
    JOIN campaigns AS theirs ON theirs.id = attempts.campaign
    WHERE own.id = ? AND EXISTS (SELECT 1 FROM profiles WHERE profiles.attempt = attempts.id)
        AND (theirs.repository_commit != ours.repository_commit
             OR theirs.hilbench_commit != ours.hilbench_commit)
    ORDER BY attempts.id DESC LIMIT 1
"""


def _before(database: Database, attempt: int) -> Before | None:
    """The commit of the user's repository where that differs, else of hilbench."""
    for found in database.rows(_OTHERS, (attempt,)):
        commit = str(found["repository_commit" if found["user"] else "hilbench_commit"])
        if (profile := profile_of(database, found["id"])) is not None:
            return Before(commit, parsed(found, database.path), profile)
    return None
