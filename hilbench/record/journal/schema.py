"""The tables of the journal, and how an older one becomes one of today.

Each entry of MIGRATIONS leads from the version of its index to the next; none that was released
is ever changed. Times are seconds since 1970 (UTC), digests SHA-256 in hexadecimal.
"""

from __future__ import annotations

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

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST,)
VERSION = len(MIGRATIONS)
