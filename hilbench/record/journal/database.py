"""The SQLite file itself: opened, brought up to date, written in transactions, its errors in words.

Writers of one machine share it by SQLite's write-ahead log. That is fsynced at checkpoints alone:
after a loss of power the last rows may be missing here, and are taken in again from the CSV, which
is fsynced each time.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from hilbench.core import files
from hilbench.core.errors import StoreError
from hilbench.record.journal import filesystem, schema
from hilbench.record.journal.schema import APPLICATION_ID, VERSION

FILE = "journal.sqlite"
BUSY_SECONDS = 60.0
_SHOWN = 40
_STEPS = 1_000_000  # of SQLite's machine: some milliseconds

ERRORS = (sqlite3.Error, UnicodeDecodeError)
"""What reading raises: the message of a damaged file may hold bytes of it."""
_MAGIC = b"SQLite format 3\0"
_CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_UNWRITTEN = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
_UNCHANGED = "what was there before is unchanged"


class Database:
    """One connection, for any number of threads."""

    def __init__(self, path: Path, *, writable: bool) -> None:
        """Open; a writable one is made if need be. Raises StoreError."""
        self.path = path
        self._lock = threading.RLock()
        try:
            if writable:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._look(writable)
            self._connection = self._connect(writable)
        except OSError as error:
            verb = "write" if writable else "read"
            raise StoreError(f"cannot {verb} {path}: {error.strerror}") from error
        except ERRORS as error:
            raise self._said(error) from error

    def close(self) -> None:
        with self._lock, suppress(sqlite3.Error):
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing, and nobody else writes meanwhile. Raises StoreError."""
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                    self._connection.execute("COMMIT")
                except BaseException:
                    with suppress(sqlite3.Error):
                        self._connection.execute("ROLLBACK")
                    raise
            except ERRORS as error:
                raise self._said(error) from error

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[Any]:
        """What a query gives. Raises StoreError."""
        with self._lock:
            try:
                return self._connection.execute(query, tuple(parameters)).fetchall()
            except ERRORS as error:
                raise self._said(error) from error

    def _look(self, writable: bool) -> None:
        """SQLite would wait for a pipe's other end. Raises OSError, StoreError."""
        try:
            if files.beginning(self.path, len(_MAGIC)) not in (_MAGIC, b""):
                raise self._spoilt("is damaged: it is no database")
        except FileNotFoundError:
            if not writable:
                remedy = "`hilbench run` makes one in its results folder"
                raise StoreError(f"there is no journal {self.path}", remedy=remedy) from None
        except ValueError as error:  # a name with a zero
            raise StoreError(f"cannot use {self.path}: {error}") from error

    def _connect(self, writable: bool) -> sqlite3.Connection:
        if not writable:
            return self._reader()
        connection = self._raw(self.path.as_posix(), uri=False)
        try:
            self._check(connection)
            shared = filesystem.network(self.path)
            mode = "DELETE" if shared else "WAL"
            connection.execute(f"PRAGMA journal_mode = {mode}")
            connection.execute(f"PRAGMA synchronous = {'FULL' if shared else 'NORMAL'}")
            _migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _reader(self) -> sqlite3.Connection:
        """Without a right to write, in a folder that cannot be written either."""
        uri = f"{self.path.absolute().as_uri()}?mode=ro"
        for name in (uri, f"{uri}&immutable=1"):
            connection = self._raw(name, uri=True)
            try:
                version = self._check(connection)
            except sqlite3.OperationalError:
                connection.close()
                if name != uri:
                    raise
            except BaseException:
                connection.close()
                raise
            else:
                break
        if version < VERSION:  # a copy in memory is brought up to date; the file stays as it is
            copy = self._raw(":memory:", uri=False)
            connection.backup(copy)
            connection.close()
            _migrate(copy)
            return copy
        return connection

    def _raw(self, name: str, *, uri: bool) -> sqlite3.Connection:
        connection = sqlite3.connect(
            name, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=uri
        )
        connection.row_factory = self._sound
        heed_signals(connection)
        return connection

    def _sound(self, cursor: sqlite3.Cursor, values: tuple[object, ...]) -> sqlite3.Row:
        """One row of an answer. Raises StoreError for a value that was never written by us."""
        for (name, *_), value in zip(cursor.description, values, strict=True):
            if not schema.fits(name, value):
                raise self._spoilt(f"is damaged: {str(value)[:_SHOWN]!r} is no {name}")
        return sqlite3.Row(cursor, values)

    def _spoilt(self, what: str) -> StoreError:
        remedy = f"`hilbench journal rescue {self.path.parent}` saves what can be read"
        return StoreError(f"{self.path} {what}", remedy=remedy)

    def _check(self, connection: sqlite3.Connection) -> int:
        """The version. Raises StoreError for a file that is none of ours, or newer than this."""
        connection.execute("BEGIN")  # else another process may make the tables between two looks
        try:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            found = schema.of(connection)
        finally:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        if (version or found) and application != APPLICATION_ID:
            raise StoreError(f"{self.path} is no journal of hilbench", remedy="move it away")
        if version > VERSION:
            raise StoreError(
                f"{self.path} has version {version}, newer than this hilbench ({VERSION})",
                remedy="update hilbench, or choose another folder with --results",
            )
        if found != schema.expected(version):
            raise self._spoilt("has other tables than hilbench makes")
        return int(version)

    def _said(self, error: sqlite3.Error | UnicodeDecodeError) -> StoreError:
        """SQLite's error as one of ours."""
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _CORRUPT or isinstance(error, UnicodeDecodeError):
            return self._spoilt(f"is damaged: {error}")
        if code == sqlite3.SQLITE_BUSY:
            return StoreError(
                f"{self.path} stayed in use for {BUSY_SECONDS:.0f} s",
                remedy="another process holds it; end that, or choose another folder",
            )
        if code == sqlite3.SQLITE_READONLY:
            remedy = f"choose another folder with --results; {_UNCHANGED}"
            return StoreError(f"{self.path.parent} is read-only for this user", remedy=remedy)
        if code in _UNWRITTEN and files.full(self.path.parent):
            remedy = f"make room for it; {_UNCHANGED}"
            return StoreError(f"the disk of {self.path} is full", remedy=remedy)
        return StoreError(f"cannot use {self.path}: {error}", remedy=_UNCHANGED)


def heed_signals(connection: sqlite3.Connection) -> None:
    """A query that takes long lets Python's handlers of signals have their turn."""
    connection.set_progress_handler(lambda: 0, _STEPS)


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables up to date, in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        schema.migrate(connection, version)
        if version < VERSION:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
