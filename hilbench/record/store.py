"""results/<experiment>.csv: whole at every moment, whatever interrupts the run."""

from __future__ import annotations

import csv
import io
import os
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from hilbench.core.errors import JobError, StoreError
from hilbench.record.metrics import METRICS, SCHEMA
from hilbench.record.row import Row, from_cells


def write_atomically(path: Path, data: bytes) -> None:
    """Replace `path` by `data`; after any failure the old file is still whole.

    Raises StoreError (folder not writable, disk full, ...).
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        remedy = "what was there before is unchanged"
        raise StoreError(f"cannot write {path}: {error.strerror}", remedy=remedy) from error


def read(path: Path) -> list[Row]:
    """All rows of a results file.

    Raises StoreError when it cannot be read, is damaged or of a newer version.
    """
    try:
        lines = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise StoreError(f"cannot read {path}: {error}") from error
    if not lines or lines[0][:1] != ["schema"]:
        raise StoreError(f"{path} is not a results file", remedy="its first column is 'schema'")
    rows = []
    for number, cells in enumerate(lines[1:], start=2):
        if cells[0].isdigit() and int(cells[0]) > SCHEMA:
            raise StoreError(
                f"{path}:{number}: schema {cells[0]} is newer than this hilbench ({SCHEMA})",
                remedy="update hilbench",
            )
        try:
            rows.append(from_cells(lines[0], cells))
        except (ValueError, JobError) as error:
            raise StoreError(f"{path}:{number}: {error}") from error
    return rows


class Store:
    """Rows of one experiment, on disk after each `put`.

    They stand in the order of `jobs`. Rows that earlier runs left stay until the
    same job replaces them; those of other jobs (another board, say) come last.
    """

    def __init__(self, path: Path, jobs: Sequence[str]) -> None:
        """Raises StoreError when the file is there but unreadable, or not writable."""
        self.path = path
        self._lock = threading.Lock()
        self._rows = {row.job: row for row in (read(path) if path.exists() else [])}
        self._order = {job: index for index, job in enumerate(dict.fromkeys([*jobs, *self._rows]))}
        self._write()

    def put(self, row: Row) -> None:
        with self._lock:
            self._rows[row.job] = row
            self._order.setdefault(row.job, len(self._order))
            self._write()

    def rows(self) -> list[Row]:
        return sorted(self._rows.values(), key=lambda row: self._order[row.job])

    def _write(self) -> None:
        write_atomically(self.path, to_csv(self.rows()))


def to_csv(rows: Iterable[Row]) -> bytes:
    """RFC 4180 with LF line ends; the header is METRICS."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([metric.name for metric in METRICS])
    writer.writerows(row.cells() for row in rows)
    return text.getvalue().encode()
