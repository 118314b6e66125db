"""A results folder that somebody else filled: its journal is data, whatever SQLite would run."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import journals
import pytest

from hilbench.core.errors import HilbenchError, StoreError
from hilbench.core.text import printable
from hilbench.record.journal import FILE, Journal, Plan, rescue
from hilbench.record.journal.database import Database

ENDLESS = "WITH RECURSIVE r (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM r) SELECT id FROM r"
CODE = {
    "an endless view": (
        "ALTER TABLE campaigns RENAME TO old",
        f"CREATE VIEW campaigns AS SELECT old.* FROM old, ({ENDLESS})",
    ),
    "a trigger": (
        "CREATE TRIGGER t AFTER INSERT ON campaigns BEGIN"
        " UPDATE attempts SET reason = 'owned'; END",
    ),
    "an index over a function": ("CREATE INDEX i ON attempts (hex(job))",),
    "another column": ("ALTER TABLE jobs ADD COLUMN x DEFAULT 1",),
    "no campaigns": ("DROP TABLE campaigns",),
    "one more table": ("CREATE TABLE theirs (x)",),
}  # fmt: skip
VALUES = ("abc", "", "\x1b[2J", b"\xff\0", None, 0, -1, 2**63 - 1, 1e308, float("inf"))
ROWS = (
    "[1, 2]", "{", "null", "1" * 5000, '{"a":' * 3000, '{"model": 1}', '{"x": NaN}',
    '{"model": "a", "variant": "basic", "engine": "aot", "board": "b"}',
    journals.text().replace("}", ', "macs": ' + "9" * 20 + "}"),
    journals.text().replace("}", ', "macs": [' + "1, " * 5000 + "1]}"),
    journals.text().replace("}", ', "error_mae": Infinity}'),
)  # fmt: skip


@pytest.fixture(scope="module")
def content() -> bytes:
    return journals.content()


def spoilt(folder: Path, content: bytes, *statements: str, values: tuple[object, ...] = ()) -> Path:
    path = folder / FILE
    path.write_bytes(content)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        for statement in statements:
            connection.execute(statement, values)
    return path


def runs(path: Path) -> None:
    """A campaign in that folder, which does nothing."""
    plan = Plan("mine", "mine.yaml", (journals.ROW.job,), (journals.ROW.job,))
    with Journal.open(path.parent).begin(plan):
        pass


def looked_at(path: Path, *, all_ways: bool = True) -> str:
    """What reading, a run and a rescue say: lines, and soon."""
    said = ""
    for look in (journals.read, runs) if all_ways else (journals.read,):
        started = time.monotonic()
        try:
            look(path)
        except HilbenchError as error:
            said = str(error)
            assert said == printable(said)
            assert "\n" not in said
        assert time.monotonic() - started < 10.0
    if not all_ways:
        return said
    with suppress(StoreError):
        rescue.rescue(path.parent)
        with suppress(HilbenchError):  # of what was left out there may be too little to show
            journals.read(path)
    return said


@pytest.mark.parametrize("what", CODE)
def test_code_in_a_journal_does_not_run(what: str, content: bytes, tmp_path: Path) -> None:
    said = looked_at(spoilt(tmp_path, content, *CODE[what]))
    assert "has other tables than hilbench makes (`hilbench journal rescue " in said


def test_damage_whose_message_is_no_text_is_one_line(content: bytes, tmp_path: Path) -> None:
    broken = "UPDATE sqlite_master SET sql = CAST(X'4352454154452082' AS TEXT) WHERE name = 'files'"
    said = looked_at(spoilt(tmp_path, content, "PRAGMA writable_schema = ON", broken))
    assert "is damaged" in said


def columns(content: bytes, folder: Path) -> Iterator[tuple[str, str]]:
    with closing(sqlite3.connect(spoilt(folder, content))) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables.fetchall():
            for column in connection.execute(f"PRAGMA table_info({table})").fetchall():
                yield table, column[1]


def test_any_value_in_any_column_is_read_or_refused(content: bytes, tmp_path: Path) -> None:
    """Of a campaign that runs as well, whose process is then looked for."""
    running = "UPDATE campaigns SET outcome = NULL, ended = NULL"
    for table, column in list(columns(content, tmp_path)):
        for value in VALUES:
            for before in (["SELECT 1"], [running]) if table == "campaigns" else (["SELECT 1"],):
                path = spoilt(tmp_path, content, *before)
                try:
                    with closing(sqlite3.connect(path)) as connection, connection:
                        connection.execute("PRAGMA synchronous = OFF")
                        connection.execute(f"UPDATE {table} SET {column} = ?", (value,))
                except sqlite3.Error:
                    continue  # SQLite refuses it itself
                looked_at(path, all_ways=value == VALUES[0])


@pytest.mark.parametrize("row", ROWS, ids=range(len(ROWS)))
def test_a_row_of_any_text_with_its_digest_is_refused(
    row: str, content: bytes, tmp_path: Path
) -> None:
    values = row, hashlib.sha256(row.encode()).hexdigest()
    path = spoilt(tmp_path, content, "UPDATE attempts SET row = ?, digest = ?", values=values)
    assert "the row of a/basic/aot/b is damaged" in looked_at(path)


def test_a_ring_of_kept_rows_has_an_end(content: bytes, tmp_path: Path) -> None:
    looked_at(spoilt(tmp_path, content, "UPDATE attempts SET source = id"))


def test_a_long_query_ends_with_a_signal(content: bytes, tmp_path: Path) -> None:
    # A parent that runs this in the background has SIGINT ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    database = Database(spoilt(tmp_path, content), writable=False)
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    try:
        with closing(database), pytest.raises((KeyboardInterrupt, StoreError)):
            database.rows(f"SELECT count(*) FROM ({ENDLESS})")
    finally:
        signal.signal(signal.SIGINT, before)
