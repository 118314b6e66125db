"""`results/<experiment>.csv`: written from the journal, taken in where somebody changed it.

Whoever else changes the CSV means it: a row that was put there becomes the job's row, one that was
deleted is no longer its row. All of that happens inside a transaction of the journal, so that of
two processes the later one writes the later state.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from pathlib import Path

from hilbench.core.errors import UsageError
from hilbench.record import store
from hilbench.record.journal import rows
from hilbench.record.journal.rows import SELECT, parsed
from hilbench.record.row import Row

_PLANNED = f"""
    SELECT found.* FROM rows
    JOIN plans USING (experiment, job)
    JOIN ({SELECT}) AS found ON found.id = rows.attempt
    WHERE rows.experiment = ? ORDER BY plans.place
"""


class Sheet:
    """The CSV of one experiment."""

    def __init__(self, folder: Path, journal: Path, experiment: str) -> None:
        self.path = folder / f"{experiment}.csv"
        self._journal = journal
        self._experiment = experiment
        self._lines: dict[int, str] = {}

    def rows(self, connection: sqlite3.Connection) -> list[Row]:
        """What the CSV has, in its order."""
        found = connection.execute(_PLANNED, (self._experiment,)).fetchall()
        return [parsed(each, self._journal) for each in found]

    def attempts(self, connection: sqlite3.Connection) -> dict[str, int]:
        """Which attempt gave the row of each job that the CSV has, in its order."""
        found = connection.execute(
            "SELECT job, attempt FROM rows JOIN plans USING (experiment, job)"
            " WHERE experiment = ? ORDER BY place",
            (self._experiment,),
        )
        return dict(found)

    def write(self, connection: sqlite3.Connection) -> None:
        """Replace the file. Raises StoreError."""
        attempts = self.attempts(connection).values()
        lines = [self._line(connection, attempt) for attempt in attempts]
        data = "".join([store.header(), *lines]).encode()
        connection.execute(
            "INSERT OR REPLACE INTO files VALUES (?, ?)",
            (self._experiment, hashlib.sha256(data).hexdigest()),
        )
        store.write_atomically(self.path, data)

    def take_in(self, connection: sqlite3.Connection, campaign: int) -> None:
        """Make the journal agree with a CSV that somebody else wrote, changed or deleted.

        `campaign` is that of attempts which nobody else made. Raises StoreError when the file
        is there and unreadable.
        """
        written = connection.execute(
            "SELECT digest FROM files WHERE experiment = ?", (self._experiment,)
        ).fetchone()
        there = self.path.exists()
        if there and written and written["digest"] == hashlib.sha256(self._bytes()).hexdigest():
            return
        found = {row.job: row for row in (store.read(self.path) if there else [])}
        ours = {row.job: row for row in self.rows(connection)}
        for job in ours.keys() - found.keys() if written else ():
            connection.execute(
                "DELETE FROM rows WHERE experiment = ? AND job = ?", (self._experiment, job)
            )
        for job, row in found.items():
            if ours.get(job) != row:
                self._take(connection, campaign, row)
        if written is None:
            _plan(connection, self._experiment, [*ours, *found])

    def tidy(self) -> None:
        """Remove what writers that were killed have left; nobody else may write now."""
        for left in self.path.parent.glob(f".{self.path.name}.*.partial"):
            left.unlink(missing_ok=True)

    def refuse_another_file(self, connection: sqlite3.Connection, file: str) -> None:
        """Raise UsageError where another experiment of the same name wrote the results."""
        named = {str(row.get("experiment_file", file)) for row in self.rows(connection)}
        if others := named - {file}:
            raise UsageError(
                f"{self.path} holds rows of another experiment of this name, {min(others)}",
                remedy="give one of the two another name, choose another folder with --results, or"
                " move the results file away",
            )

    def _bytes(self) -> bytes:
        try:
            return self.path.read_bytes()
        except OSError:
            return b""

    def _take(self, connection: sqlite3.Connection, campaign: int, row: Row) -> None:
        text, digest = rows.text_of(row)
        now = time.time()
        made = connection.execute(
            "INSERT INTO attempts (campaign, experiment, job, started, ended, stage, decided_by,"
            " measuring, status, reason, log_dir, row, digest)"
            " VALUES (?, ?, ?, ?, ?, 'taken in', ?, 0, ?, ?, '', ?, ?)",
            (campaign, self._experiment, row.job, now, now, str(row.get("decided_by", "")),
             str(row["status"]), str(row.get("reason", "")), text, digest),
        )  # fmt: skip
        connection.execute(
            "INSERT OR REPLACE INTO rows VALUES (?, ?, ?)",
            (self._experiment, row.job, made.lastrowid),
        )

    def _line(self, connection: sqlite3.Connection, attempt: int) -> str:
        """What an attempt gave never changes."""
        if attempt not in self._lines:
            query = f"SELECT * FROM ({SELECT}) WHERE id = ?"
            found = connection.execute(query, (attempt,)).fetchone()
            self._lines[attempt] = store.line(parsed(found, self._journal))
        return self._lines[attempt]


def plan(connection: sqlite3.Connection, experiment: str, order: list[str]) -> None:
    """From now on the CSV has these jobs alone, in this order, and those that others run now."""
    running = connection.execute(
        "SELECT DISTINCT job FROM jobs JOIN campaigns ON campaigns.id = campaign"
        " WHERE experiment = ? AND outcome IS NULL ORDER BY campaign, place",
        (experiment,),
    ).fetchall()
    _plan(connection, experiment, [*order, *(job for (job,) in running)])


def _plan(connection: sqlite3.Connection, experiment: str, order: list[str]) -> None:
    connection.execute("DELETE FROM plans WHERE experiment = ?", (experiment,))
    unique = dict.fromkeys(order)
    connection.executemany(
        "INSERT INTO plans VALUES (?, ?, ?)",
        [(experiment, job, place) for place, job in enumerate(unique)],
    )
