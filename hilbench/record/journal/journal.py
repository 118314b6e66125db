"""The journal of one results folder."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from pathlib import Path

from hilbench.core.text import counted
from hilbench.record.journal import filesystem, living, sheet
from hilbench.record.journal.campaign import Campaign, Plan
from hilbench.record.journal.database import FILE, Database
from hilbench.record.journal.sheet import Sheet

__all__ = ["Journal", "Plan"]

_log = logging.getLogger(__name__)


class Journal:
    """Opened for a run: what is not there yet is made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, results: Path) -> Journal:
        """The journal in the folder. Raises StoreError."""
        path = results / FILE
        if where := filesystem.network(path):
            _log.warning(
                "%s is on a network file system (%s), where locks do not hold: let one host at a"
                " time run there, or choose a local folder with --results",
                path,
                where,
            )
        return cls(Database(path, writable=True))

    def begin(self, plan: Plan) -> Campaign:
        """A new campaign; its CSV is there with what is kept of earlier ones.

        Raises StoreError for a CSV or journal that cannot be read or written, UsageError where
        another experiment of the same name has results in the folder.
        """
        folder = self._database.path.parent
        its = Sheet(folder, self._database.path, plan.experiment)
        started = time.time()
        try:
            with self._database.transaction() as connection:
                _bury(connection)
                number = _insert(connection, plan, started)
                its.tidy()
                its.take_in(connection, number)
                its.refuse_another_file(connection, plan.file)
                before = its.attempts(connection)
                sheet.plan(connection, plan.experiment, [*plan.order, *plan.jobs])
                gone = before.keys() - its.attempts(connection).keys()
                its.write(connection)
        except BaseException:
            self._database.close()
            raise
        if gone:
            _log.warning(
                "%s of jobs that the experiment does not have left %s; %s keeps them",
                counted(len(gone), "row"),
                its.path,
                self._database.path,
            )
        return Campaign(self._database, its, plan, number, started)


def _insert(connection: sqlite3.Connection, plan: Plan, started: float) -> int:
    me = os.getpid()
    made = connection.execute(
        "INSERT INTO campaigns (experiment, file, command, host, pid, born, started, seen,"
        " hilbench, hilbench_commit, repository, repository_commit, repository_clean)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (plan.experiment, plan.file, plan.command, living.host(), me, living.born(me), started,
         started, plan.hilbench, plan.hilbench_commit, plan.repository, plan.repository_commit,
         plan.repository_clean),
    )  # fmt: skip
    number = made.lastrowid or 0
    connection.executemany(
        "INSERT OR IGNORE INTO jobs VALUES (?, ?, ?, 'waiting')",
        [(number, job, place) for place, job in enumerate(plan.jobs)],
    )
    return number


def _bury(connection: sqlite3.Connection) -> None:
    """Campaigns whose process has died are over, and what they were about is lost."""
    running = connection.execute(
        "SELECT id, host, pid, born, seen FROM campaigns WHERE outcome IS NULL"
    ).fetchall()
    for number, host, pid, born, seen in running:
        if living.alive(host, pid, born, seen):
            continue
        connection.execute(
            "UPDATE campaigns SET outcome = 'lost', ended = seen WHERE id = ?", (number,)
        )
        connection.execute(
            "UPDATE attempts SET status = 'lost', reason = 'the run was killed', measuring = 0,"
            " ended = ? WHERE campaign = ? AND ended IS NULL",
            (seen, number),
        )
        connection.execute(
            "UPDATE jobs SET state = 'waiting' WHERE campaign = ? AND state = 'running'", (number,)
        )
