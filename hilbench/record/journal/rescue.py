"""What can still be read of a damaged journal, as a new one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from hilbench.core import files
from hilbench.core.errors import StoreError
from hilbench.record.journal.database import ERRORS, FILE, Database, heed_signals
from hilbench.record.journal.rows import digest
from hilbench.record.journal.schema import fits

_TABLES = ("campaigns", "jobs", "attempts", "stages", "samples", "rows", "plans", "profiles")
"""All but `files`: every CSV is compared with what was saved."""

_DANGLING = (
    "UPDATE attempts SET source = NULL WHERE source NOT IN (SELECT id FROM attempts)",
    "DELETE FROM rows WHERE attempt NOT IN"
    " (SELECT id FROM attempts WHERE row IS NOT NULL OR source IS NOT NULL)",
    "DELETE FROM stages WHERE attempt NOT IN (SELECT id FROM attempts)",
    "DELETE FROM samples WHERE attempt NOT IN (SELECT id FROM attempts)",
    "DELETE FROM profiles WHERE attempt NOT IN (SELECT id FROM attempts)",
    "DELETE FROM jobs WHERE campaign NOT IN (SELECT id FROM campaigns)",
)


@dataclass(frozen=True)
class Rescued:
    """How many campaigns and attempts were saved, of which so many have a row; where the old is."""

    campaigns: int
    attempts: int
    rows: int
    kept_as: Path


def rescue(results: Path) -> Rescued | None:
    """Replace the folder's journal by what can be read of it. Raises StoreError.

    The damaged one stays beside it. Nobody may use the journal meanwhile. None where nothing of it
    is damaged: it is left as it is.
    """
    path, fresh = results / FILE, results / f"{FILE}.rescued"
    try:
        files.beginning(path, 0)
        if _is_sound(path):
            return None
        for left in (fresh, *_companions(fresh)):
            left.unlink(missing_ok=True)
        saved = _copy(path, fresh)
        old = _free_name(path)
        path.rename(old)
        for companion in _companions(path):
            if companion.exists():
                companion.rename(f"{old}{companion.name.removeprefix(FILE)}")
        fresh.rename(path)
    except OSError as error:
        raise StoreError(f"cannot use {error.filename or path}: {error.strerror}") from error
    return Rescued(*saved, old)


def _is_sound(path: Path) -> bool:
    """Whether SQLite and we find in it just what was written."""
    try:
        with closing(Database(path, writable=False)) as journal:
            said = journal.rows("PRAGMA integrity_check") + journal.rows("PRAGMA foreign_key_check")
            return [list(each) for each in said] == [["ok"]] and all(
                _holds_what_was_written(table, found)
                for table in _TABLES
                for found in journal.rows(f"SELECT * FROM {table}")
            )
    except StoreError:
        return False


def _copy(damaged: Path, fresh: Path) -> tuple[int, int, int]:
    made = Database(fresh, writable=True)
    try:
        with closing(sqlite3.connect(f"{damaged.absolute().as_uri()}?mode=ro", uri=True)) as source:
            source.row_factory = sqlite3.Row
            heed_signals(source)
            for table in _TABLES:
                _copy_table(source, made, table)
        with made.transaction() as connection:
            for statement in _DANGLING:
                connection.execute(statement)
        counts = [
            made.rows(f"SELECT count(*) FROM {what}")[0][0]
            for what in ("campaigns", "attempts", "attempts WHERE row IS NOT NULL")
        ]
        made.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        made.close()
    return counts[0], counts[1], counts[2]


def _copy_table(source: sqlite3.Connection, made: Database, table: str) -> None:
    if not _is_table(source, table):
        return
    known = {column["name"] for column in made.rows(f"PRAGMA table_info({table})")}
    with made.transaction() as connection:
        for found in _readable(source, table):
            if not _holds_what_was_written(table, found):
                continue
            columns = [name for name in found.keys() if name in known]  # noqa: SIM118
            marks = ", ".join("?" for _ in columns)
            with suppress(sqlite3.IntegrityError):
                connection.execute(
                    f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})",
                    [found[name] for name in columns],
                )


def _is_table(source: sqlite3.Connection, name: str) -> bool:
    """And no view, which may be of any length."""
    try:
        found = source.execute("SELECT type FROM sqlite_master WHERE name = ?", (name,)).fetchall()
    except ERRORS:
        return False
    return [each["type"] for each in found] == ["table"]


def _readable(source: sqlite3.Connection, table: str) -> Iterator[sqlite3.Row]:
    """From both ends up to what cannot be read."""
    for direction in ("ASC", "DESC"):
        try:
            key = [c["name"] for c in source.execute(f"PRAGMA table_info({table})") if c["pk"]]
            order = ", ".join(f"{name} {direction}" for name in key)
            yield from source.execute(f"SELECT * FROM {table} ORDER BY {order}")
        except ERRORS:
            continue
        return


def _holds_what_was_written(table: str, found: sqlite3.Row) -> bool:
    """Values of their columns' types, the row of an attempt whole."""
    if not all(fits(name, found[name]) for name in found.keys()):  # noqa: SIM118
        return False
    text = found["row"] if table == "attempts" else None
    return text is None or digest(text) == found["digest"]


def _companions(path: Path) -> tuple[Path, ...]:
    """Files that SQLite keeps beside it."""
    return tuple(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))


def _free_name(path: Path) -> Path:
    names = (path.with_name(f"{path.name}.damaged{n}") for n in ("", *range(2, 1000)))
    return next(name for name in names if not name.exists())
