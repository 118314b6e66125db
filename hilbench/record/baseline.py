"""A baseline: a results file that lies in git, and that later rows are held to."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hilbench.core import files
from hilbench.core.errors import StoreError
from hilbench.core.text import and_more
from hilbench.core.waits import Wait, holder, name
from hilbench.record import store
from hilbench.record.row import Row

_PATIENCE_SECONDS = 60.0
_POLL_SECONDS = 0.05


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
    """Other processes wait; the lock is the folder's own and leaves no file.

    Raises StoreError, also for a process that does not give the folder back.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise StoreError(f"cannot write into {folder}: {files.why(error)}") from error
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    wait, end = Wait(f"writes baselines into {folder}"), time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > end:
                who = name(holder(folder))
                message = f"{folder} stayed in use for {_PATIENCE_SECONDS:.0f} s by {who}"
                raise StoreError(message, remedy="end that, or wait for it") from error
        wait.for_lock(folder)
        time.sleep(_POLL_SECONDS)
