"""A baseline: a results file that lies in git beside the tests."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hilbench.record import store
from hilbench.record.row import Row

UPDATE = "--hilbench-update"


def find(path: Path, job: str) -> Row:
    """Raises AssertionError, StoreError."""
    rows = {row.job: row for row in store.read(path)} if path.exists() else {}
    if job not in rows:
        why = f"has no job {job}" if rows else "is not there"
        raise AssertionError(f"baseline {path} {why} (pytest {UPDATE} puts it there)")
    return rows[job]


def update(path: Path, row: Row) -> None:
    """Put the row in the place of that of its job; other rows stay. Raises StoreError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path.parent):
        rows = {each.job: each for each in store.read(path)} if path.exists() else {}
        rows[row.job] = row
        ordered = [rows[job] for job in sorted(rows)]
        store.write_atomically(path, store.to_csv(ordered))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Other workers of pytest-xdist wait; the lock is the folder's own and leaves no file."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
