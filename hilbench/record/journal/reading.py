"""What a finished or running campaign measured, read without disturbing anybody."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from hilbench.core.errors import UsageError
from hilbench.record.journal.attempt import Part, Profile, Samples
from hilbench.record.journal.database import Database
from hilbench.record.journal.rows import SELECT, parsed
from hilbench.record.row import Row

_log = logging.getLogger(__name__)

Counts = dict[str, tuple[float, ...]]
"""By job: what each repetition took, per inference, in cycles, instructions or ticks."""

Profiles = dict[str, Profile]
"""By job, of those that were counted."""


def campaign(journal: Path, wanted: str = "") -> tuple[list[Row], Counts, Profiles]:
    """The last row of each job of a campaign, its repetitions and where its time went.

    `wanted` is its number, or the beginning of a commit of hilbench or of the user's repository
    (seven digits or more), whose campaigns are meant, all of them; of a job that several
    experiments have, it is the first of these by name. "" is the latest campaign of all. Raises
    StoreError, UsageError.
    """
    with opened(journal) as database:
        numbers = _numbers(database, wanted)
        attempts = database.rows(
            f"{SELECT} WHERE attempts.campaign IN ({', '.join('?' * len(numbers))}) AND"
            " COALESCE(attempts.row, source.row) IS NOT NULL"
            " ORDER BY attempts.experiment DESC, attempts.id",
            numbers,
        )
        last = {found["job"]: found for found in attempts}
        rows = [parsed(found, database.path) for found in last.values()]
        made = {job: found["id"] for job, found in last.items()}
        return rows, _repetitions(database, made), _profiles(database, made)


def repetitions(journal: Path, experiment: str) -> Counts:
    """Those of the rows that the experiment has now. Raises StoreError."""
    with opened(journal) as database:
        return _repetitions(database, _current(database, experiment))


def profiles(journal: Path, experiment: str) -> Profiles:
    """Those of the rows that the experiment has now. Raises StoreError."""
    with opened(journal) as database:
        return _profiles(database, _current(database, experiment))


def _current(database: Database, experiment: str) -> dict[str, int]:
    found = database.rows("SELECT job, attempt FROM rows WHERE experiment = ?", (experiment,))
    return {each["job"]: each["attempt"] for each in found}


def _repetitions(database: Database, attempts: Mapping[str, int]) -> Counts:
    return {job: _counts(database, attempt) for job, attempt in attempts.items()}


def _profiles(database: Database, attempts: Mapping[str, int]) -> Profiles:
    found = {j: profile_of(database, measured(database, a)) for j, a in attempts.items()}
    return {job: profile for job, profile in found.items() if profile is not None}


_MEASURED = """
    WITH RECURSIVE up (id, source) AS (
        SELECT id, source FROM attempts WHERE id = ?
        UNION SELECT attempts.id, attempts.source FROM attempts JOIN up ON attempts.id = up.source
    ) SELECT id FROM up WHERE source IS NULL
"""
"""The attempt that measured what another one kept; UNION ends a ring."""


@contextmanager
def opened(journal: Path) -> Iterator[Database]:
    """To be read. Raises StoreError."""
    database = Database(journal, writable=False)
    try:
        yield database
    finally:
        database.close()


def _numbers(database: Database, wanted: str) -> list[int]:
    """Of a commit, campaigns that ran with uncommitted changes are left out, or said to be such
    where there are no others."""
    found, changed = [], []
    if not wanted:
        found = database.rows("SELECT id FROM campaigns ORDER BY id DESC LIMIT 1")
    elif wanted.isascii() and wanted.isdecimal() and len(wanted) < 7:
        found = database.rows("SELECT id FROM campaigns WHERE id = ?", (int(wanted),))
    elif len(wanted) >= 7:
        all_of_it = database.rows(_BY_COMMIT, (len(wanted), wanted) * 2)
        changed = [each for each in all_of_it if each["repository_clean"] == 0]
        found = [each for each in all_of_it if each not in changed] or changed
    if not found:
        there = [str(each["id"]) for each in database.rows("SELECT id FROM campaigns ORDER BY id")]
        raise UsageError(
            f"{database.path} has no campaign '{wanted}'",
            remedy=f"it has {', '.join(there[-10:]) or 'none'}",
        )
    if changed and found == changed:
        _log.warning("%s was measured with changes that were not committed", wanted)
    return [int(each["id"]) for each in found]


_BY_COMMIT = (
    "SELECT id, repository_clean FROM campaigns WHERE substr(hilbench_commit, 1, ?) = ?"
    " OR substr(repository_commit, 1, ?) = ? ORDER BY id"
)


def _counts(database: Database, attempt: int) -> tuple[float, ...]:
    """Per inference, without the first run."""
    found = samples_of(database, measured(database, attempt))
    return () if found is None else tuple(count / found.iterations for count in found.counts)


def measured(database: Database, attempt: int) -> int:
    """The attempt that measured what this one kept; itself where it measured."""
    found = database.rows(_MEASURED, (attempt,))
    return int(found[0]["id"]) if found else attempt


def samples_of(database: Database, attempt: int) -> Samples | None:
    """Of the attempt that measured, in its best unit."""
    for unit in ("cycles", "instructions", "ticks"):
        counted = database.rows(
            "SELECT number, count, iterations FROM samples WHERE attempt = ? AND unit = ?"
            " AND iterations > 0 ORDER BY number",
            (attempt, unit),
        )
        if repeated := [each for each in counted if each["number"] > 0]:
            cold = counted[0]["count"] if counted[0]["number"] == 0 else 0
            counts = tuple(each["count"] for each in repeated)
            return Samples(unit, cold, counts, repeated[-1]["iterations"])
    return None


def profile_of(database: Database, attempt: int) -> Profile | None:
    """Of the attempt that measured; None where nothing was counted."""
    found = database.rows("SELECT * FROM profiles WHERE attempt = ? ORDER BY place", (attempt,))
    parts = tuple(
        Part(p["part"], p["operators"], p["instructions"], p["cycles"], p["macs"]) for p in found
    )
    return Profile(parts) if parts else None
