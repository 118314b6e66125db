"""A row as the text that the journal holds, and back."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path

from hilbench.core.errors import JobError, StoreError
from hilbench.record.metrics import BY_NAME
from hilbench.record.row import Row, whole

SELECT = """
    SELECT attempts.id, attempts.job, COALESCE(attempts.row, source.row) AS row,
        COALESCE(attempts.digest, source.digest) AS digest
    FROM attempts LEFT JOIN attempts AS source ON source.id = attempts.source
"""


def text_of(row: Row) -> tuple[str, str]:
    """JSON of the columns, and its digest."""
    text = json.dumps(dict(row), ensure_ascii=False, separators=(",", ":"))
    return text, digest(text)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def parsed(found: sqlite3.Row, path: Path) -> Row:
    """The row of a line of SELECT; columns that METRICS does not know are left out, as of a CSV.

    They are of a metric that a project no longer has. Raises StoreError where the row is not what
    was written.
    """
    text = found["row"]
    try:
        if not isinstance(text, str) or digest(text) != found["digest"]:
            raise ValueError("it was changed")
        values = json.loads(text)
        if not isinstance(values, dict):
            raise ValueError("it has no columns")
        return whole({name: value for name, value in values.items() if name in BY_NAME})
    except (ValueError, TypeError, RecursionError, JobError) as error:
        raise StoreError(
            f"{path}: the row of {found['job']} is damaged: {error}",
            remedy=f"`hilbench journal rescue {path.parent}` leaves it out",
        ) from error
