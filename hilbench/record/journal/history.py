"""What one job measured in each campaign of a results folder."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from hilbench.core.errors import UsageError
from hilbench.record.journal.reading import opened
from hilbench.record.journal.rows import parsed
from hilbench.record.row import Row


@dataclass(frozen=True)
class Past:
    """A row, and the code that made it. `clean` is None where there is no repository."""

    campaign: int
    hilbench: str
    hilbench_commit: str
    repository_commit: str
    clean: bool | None
    row: Row


def history(journal: Path, model: str) -> list[Past]:
    """Attempts that gave a row, the oldest first; rows that were only kept are not repeated.

    `model` is a glob of models, or of jobs. Raises StoreError, and UsageError where there is
    none.
    """
    with opened(journal) as database:
        found = database.rows(f"{_MEASURED} ORDER BY attempts.id")
        wanted = [each for each in found if _is(each["job"], model)]
        if not wanted:
            models = sorted({each["job"].split("/")[0] for each in found})
            raise UsageError(
                f"{journal} has no measurement of '{model}'",
                remedy=f"it has those of {', '.join(models[:10]) or 'nothing'}",
            )
        return [_past(each, journal) for each in wanted]


def _is(job: str, wanted: str) -> bool:
    names = job, job.split("/")[0]
    return wanted in names or any(fnmatchcase(name, wanted) for name in names)


def of_experiment(journal: Path, experiment: str, most: int = 50) -> list[Past]:
    """The ok rows of its latest campaigns, `most` at most, the oldest first. Raises StoreError."""
    latest = "SELECT id FROM campaigns WHERE experiment = ? ORDER BY id DESC LIMIT ?"
    with opened(journal) as database:
        found = database.rows(
            f"{_MEASURED} AND status = 'ok' AND campaigns.id IN ({latest}) ORDER BY attempts.id",
            (experiment, most),
        )
        return [_past(each, journal) for each in found]


_MEASURED = """
    SELECT attempts.job, attempts.row, attempts.digest, stage, campaigns.id AS campaign,
        hilbench, hilbench_commit, repository_commit, repository_clean
    FROM attempts JOIN campaigns ON campaigns.id = attempts.campaign
    WHERE attempts.row IS NOT NULL AND attempts.source IS NULL
"""


def _past(found: Any, journal: Path) -> Past:
    """Which code made a row that was taken in from a CSV is not known, but for its version."""
    row = parsed(found, journal)
    if found["stage"] == "taken in":
        return Past(found["campaign"], str(row.get("hilbench", "")), "", "", None, row)
    clean = found["repository_clean"]
    return Past(
        found["campaign"],
        found["hilbench"],
        found["hilbench_commit"],
        found["repository_commit"],
        None if clean is None else bool(clean),
        row,
    )
