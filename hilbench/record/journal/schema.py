"""The tables of the journal, and how an older one becomes one of today.

Each entry of MIGRATIONS leads from the version of its index to the next; none that was released
is ever changed. Times are seconds since 1970 (UTC), digests SHA-256 in hexadecimal.

A journal may come from anybody: one that has anything but these tables is not read, as a view or
a trigger in it would be code.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from functools import cache

APPLICATION_ID = 0x48494C42
"""Of PRAGMA application_id: "HILB"."""

_FIRST = (
    """
    CREATE TABLE campaigns (        -- one run of one experiment
        id INTEGER PRIMARY KEY,
        experiment TEXT NOT NULL,
        file TEXT NOT NULL,         -- the experiment's, as rows name it
        command TEXT NOT NULL,
        host TEXT NOT NULL,
        pid INTEGER NOT NULL,
        born REAL NOT NULL,         -- when that process started: numbers are used again
        started REAL NOT NULL,
        seen REAL NOT NULL,         -- when it was last heard of
        ended REAL,
        outcome TEXT,               -- done, stopped, failed, lost; NULL while it runs
        hilbench TEXT NOT NULL,
        hilbench_commit TEXT NOT NULL,
        repository TEXT NOT NULL,   -- the user's, "" where there is none
        repository_commit TEXT NOT NULL,
        repository_clean INTEGER    -- NULL where there is none
    )
    """,
    """
    CREATE TABLE jobs (             -- what a campaign was asked for
        campaign INTEGER NOT NULL REFERENCES campaigns,
        job TEXT NOT NULL,
        place INTEGER NOT NULL,
        state TEXT NOT NULL,        -- waiting, running, done
        PRIMARY KEY (campaign, job)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE attempts (         -- one job, once
        id INTEGER PRIMARY KEY,
        campaign INTEGER NOT NULL REFERENCES campaigns,
        experiment TEXT NOT NULL,
        job TEXT NOT NULL,
        started REAL NOT NULL,
        ended REAL,
        stage TEXT NOT NULL,        -- what it does now, or did last
        decided_by TEXT NOT NULL,   -- the digest of what decides its row, once it is known
        measuring INTEGER NOT NULL, -- whether it has the right to measure what that decides
        status TEXT,                -- as of its row; lost, or kept: the row of another attempt
        source INTEGER,             -- of one that is kept: the attempt that measured
        reason TEXT NOT NULL,
        log_dir TEXT NOT NULL,
        row TEXT,                   -- its columns as JSON; of a kept one, where they differ
        digest TEXT                 -- of that text
    )
    """,
    "CREATE INDEX attempts_of_jobs ON attempts (experiment, job)",
    "CREATE INDEX attempts_of_campaigns ON attempts (campaign, job)",
    "CREATE INDEX attempts_by_digest ON attempts (decided_by)",
    """
    CREATE TABLE stages (
        attempt INTEGER NOT NULL REFERENCES attempts,
        place INTEGER NOT NULL,
        stage TEXT NOT NULL,
        seconds REAL NOT NULL,
        cached INTEGER NOT NULL,
        PRIMARY KEY (attempt, place)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE samples (          -- every repetition, raw
        attempt INTEGER NOT NULL REFERENCES attempts,
        unit TEXT NOT NULL,         -- ticks of the board's counter, cycles, instructions
        number INTEGER NOT NULL,    -- 0 is the first run after reset
        iterations INTEGER NOT NULL,
        count INTEGER NOT NULL,     -- over all its iterations
        PRIMARY KEY (attempt, unit, number)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE rows (             -- the attempt whose row a job has
        experiment TEXT NOT NULL,
        job TEXT NOT NULL,
        attempt INTEGER NOT NULL REFERENCES attempts,
        PRIMARY KEY (experiment, job)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE plans (            -- the jobs of a CSV, in their order
        experiment TEXT NOT NULL,
        job TEXT NOT NULL,
        place INTEGER NOT NULL,
        PRIMARY KEY (experiment, job)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE files (            -- a CSV as it was written
        experiment TEXT PRIMARY KEY,
        digest TEXT NOT NULL
    ) WITHOUT ROWID
    """,
)

_PROFILES = (
    """
    CREATE TABLE profiles (         -- where the time of one steady inference goes
        attempt INTEGER NOT NULL REFERENCES attempts,
        place INTEGER NOT NULL,
        part TEXT NOT NULL,         -- an operator or a function
        operators INTEGER NOT NULL, -- so many of that kind; 0 is a function
        instructions INTEGER NOT NULL,
        cycles INTEGER NOT NULL,    -- as many as instructions where nothing is timed
        macs INTEGER,
        PRIMARY KEY (attempt, place)
    ) WITHOUT ROWID
    """,
)

# The host of a farm that did the stage, "" where it is the campaign's.
_WORKERS = ("ALTER TABLE attempts ADD COLUMN worker TEXT NOT NULL DEFAULT ''",)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, _PROFILES, _WORKERS)
VERSION = len(MIGRATIONS)

Schema = frozenset[tuple[str, str, str]]
"""Kind, name and definition of all that a database has, comments and blanks left out."""

_LAST_SECOND = 1e11
"""Some 3,000 years, which a calendar can still tell: all that is REAL are seconds."""

_BLANK = re.compile(r"--[^\n]*|\s+")


def of(connection: sqlite3.Connection) -> Schema:
    """What is in a database. Raises sqlite3.Error."""
    found = connection.execute("SELECT type, name, sql FROM sqlite_master")
    return frozenset((str(k), str(name), _BLANK.sub("", str(sql))) for k, name, sql in found)


@cache
def expected(version: int) -> Schema:
    """What is in a journal of that version."""
    with closing(_made(version)) as connection:
        return of(connection)


def fits(column: str, value: object) -> bool:
    """Whether a value is one that a column of that name may have; SQLite takes any in each.

    Of what has another name, nothing is known.
    """
    kind, required = _columns().get(column, ("", False))
    if value is None:
        return not required
    if kind == "REAL":
        return isinstance(value, float) and abs(value) < _LAST_SECOND
    return not kind or isinstance(value, int if kind == "INTEGER" else str)


@cache
def _columns() -> dict[str, tuple[str, bool]]:
    """Of each column, whichever table it is in: its type, and whether it always has a value."""
    with closing(_made(VERSION)) as connection:
        found = connection.execute(
            'SELECT c.name, c.type, min(c."notnull") FROM sqlite_master AS t,'
            " pragma_table_info(t.name) AS c WHERE t.type = 'table' GROUP BY c.name, c.type"
        ).fetchall()
    return {name: (kind, bool(required)) for name, kind, required in found}


def _made(version: int) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    migrate(connection, 0, version)
    return connection


def migrate(connection: sqlite3.Connection, start: int, end: int = VERSION) -> None:
    """Lead the tables from one version to another. Raises sqlite3.Error."""
    for statements in MIGRATIONS[start:end]:
        for statement in statements:
            connection.execute(statement)
