"""A baseline: a results file that lies in git, and that later rows are held to."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hilbench.core import files
from hilbench.core.errors import StoreError
from hilbench.core.text import and_more
from hilbench.record import store
from hilbench.record.row import Row


def save(path: Path, rows: Sequence[Row]) -> None:
    """A new baseline of rows that are all ok. Raises StoreError, also where there is a file."""
    if path.exists():
        raise StoreError(f"{path} is there already", remedy="`hilbench baseline update` changes it")
    update(path, rows)


def update(path: Path, rows: Sequence[Row]) -> None:
    """Put rows in the place of those of their jobs; other jobs' stay. Raises StoreError."""
    if bad := [row.job for row in rows if not row.ok]:
        message = f"{and_more(bad)}: not ok, and no baseline"
        raise StoreError(message, remedy="leave them out: --job")
    if not rows:
        raise StoreError(f"{path}: there are no rows to keep", remedy="`hilbench run` makes them")
    with _alone(path.parent):
        found = {row.job: row for row in store.read(path)} if path.exists() else {}
        found.update({row.job: row for row in rows})
        store.write_atomically(path, store.to_csv(found[job] for job in sorted(found)))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Other processes wait; the lock is the folder's own and leaves no file. Raises StoreError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise StoreError(f"cannot write into {folder}: {files.why(error)}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
