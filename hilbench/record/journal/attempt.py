"""One try at one job, as the journal sees it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilbench.core.owner import Owner
from hilbench.core.waits import Wait
from hilbench.record.journal import rows
from hilbench.record.journal.living import alive, host
from hilbench.record.journal.rows import SELECT, parsed
from hilbench.record.row import Row

if TYPE_CHECKING:
    from hilbench.record.journal.campaign import Campaign

_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Samples:
    """What was counted in each repetition, over its `iterations`; `cold` is the first run.

    `unit` is ticks, cycles or instructions.
    """

    unit: str
    cold: int
    counts: tuple[int, ...]
    iterations: int


@dataclass(frozen=True)
class Part:
    """What an operator or function costs in one steady inference, without what it calls.

    `operators` of that kind are one part, 0 is a function. Where nothing is timed every
    cycle is an instruction. `macs` is None where nothing is multiplied.
    """

    name: str
    operators: int
    instructions: int
    cycles: int
    macs: int | None = None


@dataclass(frozen=True)
class Profile:
    """Operators, then functions, each with those of most cycles first."""

    parts: tuple[Part, ...] = ()

    @property
    def operators(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.operators)

    @property
    def functions(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if not part.operators)


class Attempt:
    """Used by the thread that does the job. Everything here raises StoreError."""

    def __init__(self, campaign: Campaign, number: int, job: str) -> None:
        self.id = number
        self.job = job
        self._campaign = campaign
        self._database = campaign.database
        self._stages = 0

    def started(self, stage: str, host: str = "") -> None:
        """`host` does it, "" where it is the campaign's own."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE attempts SET stage = ?, worker = ? WHERE id = ?", (stage, host, self.id)
            )
            self._campaign.touch(connection)

    def did(self, stage: str, seconds: float, cached: bool) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO stages VALUES (?, ?, ?, ?, ?)",
                (self.id, self._stages, stage, seconds, cached),
            )
        self._stages += 1

    def claim(self, decided_by: str, owner: Owner) -> tuple[int, Row] | None:
        """The right to measure what `decided_by` decides, or the row of who just did it.

        While another run measures the same it is waited for: it measures for both. Raises
        Interrupted.
        """
        wait = Wait(f"measures what {self.job} needs")
        while True:
            with self._database.transaction() as connection:
                if (row := self._measured_meanwhile(connection, decided_by)) is not None:
                    return row
                other = self._who_measures(connection, decided_by)
                if other is None:
                    connection.execute(
                        "UPDATE attempts SET decided_by = ?, measuring = 1 WHERE id = ?",
                        (decided_by, self.id),
                    )
                    return None
            at, pid = other
            wait.for_process(pid, "" if at == host() else at)
            owner.sleep(_POLL_SECONDS)

    def ended(
        self,
        row: Row,
        samples: Sequence[Samples] = (),
        log_dir: str = "",
        profile: Profile | None = None,
    ) -> None:
        """The job has this row from now on."""
        text, digest = rows.text_of(row)
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT INTO samples VALUES (?, ?, ?, ?, ?)",
                [(self.id, s.unit, n, s.iterations if n else 1, count)
                 for s in samples for n, count in enumerate((s.cold, *s.counts))],
            )  # fmt: skip
            connection.executemany(
                "INSERT INTO profiles VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(self.id, n, p.name, p.operators, p.instructions, p.cycles, p.macs)
                 for n, p in enumerate(profile.parts if profile else ())],
            )  # fmt: skip
            connection.execute(
                "UPDATE attempts SET row = ?, digest = ?, log_dir = ?, decided_by = ? WHERE id = ?",
                (text, digest, log_dir, str(row.get("decided_by", "")), self.id),
            )
            self._over(connection, str(row["status"]), str(row.get("reason", "")))
            self._current(connection, self.id)

    def lost(self, reason: str) -> None:
        """The host that did it is gone: there will be another attempt."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE attempts SET ended = ?, status = 'lost', reason = ?, measuring = 0"
                " WHERE id = ?",
                (time.time(), reason, self.id),
            )
            self._campaign.touch(connection)

    def kept(self, source: int, row: Row) -> Row:
        """The job has the row of another attempt; returns it as one of this campaign's."""
        plan = self._campaign.plan
        mine = Row({**row, "experiment": plan.experiment, "experiment_file": plan.file})
        with self._database.transaction() as connection:
            if mine == row:
                self._current(connection, source)
            else:
                connection.execute(
                    "UPDATE attempts SET row = ?, digest = ? WHERE id = ?",
                    (*rows.text_of(mine), self.id),
                )
                self._current(connection, self.id)
            connection.execute("UPDATE attempts SET source = ? WHERE id = ?", (source, self.id))
            self._over(connection, "kept", "")
        return mine

    def _over(self, connection: sqlite3.Connection, status: str, reason: str) -> None:
        connection.execute(
            "UPDATE attempts SET ended = ?, status = ?, reason = ?, measuring = 0 WHERE id = ?",
            (time.time(), status, reason, self.id),
        )
        connection.execute(
            "UPDATE jobs SET state = 'done' WHERE campaign = ? AND job = ?",
            (self._campaign.id, self.job),
        )
        self._campaign.wrote(connection)

    def _current(self, connection: sqlite3.Connection, attempt: int) -> None:
        connection.execute(
            "INSERT OR REPLACE INTO rows VALUES (?, ?, ?)",
            (self._campaign.plan.experiment, self.job, attempt),
        )

    def _measured_meanwhile(
        self, connection: sqlite3.Connection, decided_by: str
    ) -> tuple[int, Row] | None:
        """By another campaign, since this one began."""
        found = connection.execute(
            f"{SELECT} WHERE attempts.decided_by = ? AND attempts.status = 'ok'"
            " AND attempts.campaign != ? AND attempts.ended >= ? AND attempts.stage != 'taken in'"
            " ORDER BY attempts.ended DESC LIMIT 1",
            (decided_by, self._campaign.id, self._campaign.started),
        ).fetchone()
        return (found["id"], parsed(found, self._database.path)) if found else None

    def _who_measures(
        self, connection: sqlite3.Connection, decided_by: str
    ) -> tuple[str, int] | None:
        """Host and process of another campaign, which lives."""
        others = connection.execute(
            "SELECT host, pid, born, seen FROM attempts"
            " JOIN campaigns ON campaigns.id = attempts.campaign"
            " WHERE decided_by = ? AND measuring = 1 AND attempts.ended IS NULL"
            " AND attempts.campaign != ? AND outcome IS NULL",
            (decided_by, self._campaign.id),
        ).fetchall()
        return next(((other["host"], other["pid"]) for other in others if alive(*other)), None)
