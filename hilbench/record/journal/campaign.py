"""One run of one experiment, as the journal sees it."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hilbench.core.errors import StoreError
from hilbench.record.journal.attempt import Attempt
from hilbench.record.journal.database import Database
from hilbench.record.journal.rows import SELECT, parsed
from hilbench.record.journal.sheet import Sheet
from hilbench.record.row import Row

_SHARE = 20.0
"""The CSV is written at most so much of the time: 1 / 20."""
_HEARTBEAT_SECONDS = 10.0


@dataclass(frozen=True)
class Plan:
    """What a campaign is asked for.

    `order` are the ids of all jobs that its CSV may hold, `jobs` those that are run. `file` is
    what rows say of the experiment's file. The last four say which code made the numbers:
    commits are "" and `clean` is None where there is no repository. `again` are commands that
    rows repeat, by model, where the experiment has no file.
    """

    experiment: str
    file: str
    order: tuple[str, ...]
    jobs: tuple[str, ...]
    command: str = ""
    hilbench: str = ""
    hilbench_commit: str = ""
    repository: str = ""
    repository_commit: str = ""
    repository_clean: bool | None = None
    again: Mapping[str, str] = field(default_factory=dict)


class Campaign:
    """Entered for the time of the run; safe for any number of threads.

    The CSV follows in a thread of its own, within a fraction of a second, however many rows
    there are; it is complete when the block is left.
    """

    def __init__(
        self, database: Database, sheet: Sheet, plan: Plan, number: int, started: float
    ) -> None:
        self.database = database
        self.plan = plan
        self.id = number
        self.started = started
        self._sheet = sheet
        self._dirty = threading.Event()
        self._ending = False
        self._failure: StoreError | None = None
        self._writer = threading.Thread(target=self._follow, name="csv", daemon=True)

    @property
    def path(self) -> Path:
        """The CSV."""
        return self._sheet.path

    def __enter__(self) -> Campaign:
        self._writer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._ending = True
        self._dirty.set()
        self._writer.join()
        try:
            try:
                with self.database.transaction() as connection:
                    self._sheet.write(connection)
            finally:  # without its CSV as well: else this process would wait for its own claims
                with self.database.transaction() as connection:
                    self._end(connection, "stopped" if kind or self.left() else "done")
        except StoreError:
            if kind is None:
                raise
        finally:
            self.database.close()

    def attempt(self, job: str) -> Attempt:
        """A new try at a job; one that has not ended when the campaign does was stopped.

        Raises StoreError.
        """
        if self._failure is not None:
            raise self._failure
        with self.database.transaction() as connection:
            made = connection.execute(
                "INSERT INTO attempts (campaign, experiment, job, started, stage, decided_by,"
                " measuring, reason, log_dir) VALUES (?, ?, ?, ?, '', '', 0, '', '')",
                (self.id, self.plan.experiment, job, time.time()),
            )
            connection.execute(
                "UPDATE jobs SET state = 'running' WHERE campaign = ? AND job = ?", (self.id, job)
            )
        return Attempt(self, made.lastrowid or 0, job)

    def rows(self) -> list[Row]:
        """Those of the CSV, in its order."""
        with self.database.transaction() as connection:
            return self._sheet.rows(connection)

    def row(self, job: str) -> tuple[int, Row] | None:
        """What the job has now, with the number of the attempt that gave it."""
        found = self.database.rows(
            f"{SELECT} JOIN rows ON rows.attempt = attempts.id"
            " WHERE rows.experiment = ? AND rows.job = ?",
            (self.plan.experiment, job),
        )
        return (found[0]["id"], parsed(found[0], self.database.path)) if found else None

    def left(self) -> list[str]:
        """The jobs that have no row of this campaign yet."""
        query = "SELECT job FROM jobs WHERE campaign = ? AND state != 'done' ORDER BY place"
        return [each["job"] for each in self.database.rows(query, (self.id,))]

    def wrote(self, connection: sqlite3.Connection) -> None:
        """A row is new: the CSV follows."""
        self.touch(connection)
        self._dirty.set()

    def touch(self, connection: sqlite3.Connection) -> None:
        """It lives."""
        connection.execute("UPDATE campaigns SET seen = ? WHERE id = ?", (time.time(), self.id))

    def _end(self, connection: sqlite3.Connection, outcome: str) -> None:
        now = time.time()
        connection.execute(
            "UPDATE attempts SET ended = ?, status = 'stopped', reason = 'the run was stopped',"
            " measuring = 0 WHERE campaign = ? AND ended IS NULL",
            (now, self.id),
        )
        connection.execute(
            "UPDATE jobs SET state = 'waiting' WHERE campaign = ? AND state = 'running'", (self.id,)
        )
        connection.execute(
            "UPDATE campaigns SET ended = ?, seen = ?, outcome = ? WHERE id = ?",
            (now, now, outcome, self.id),
        )

    def _follow(self) -> None:
        """Write the CSV whenever rows are new, and be heard of in between."""
        while not self._ending:
            new = self._dirty.wait(_HEARTBEAT_SECONDS)
            if self._ending:
                return
            self._dirty.clear()
            began = time.monotonic()
            try:
                with self.database.transaction() as connection:
                    self.touch(connection)
                    if new:
                        self._sheet.write(connection)
            except StoreError as error:
                self._failure = error
                return
            pause = min(_SHARE * (time.monotonic() - began), _HEARTBEAT_SECONDS)
            end = time.monotonic() + pause
            while not self._ending and (left := end - time.monotonic()) > 0:
                time.sleep(min(left, 0.05))
