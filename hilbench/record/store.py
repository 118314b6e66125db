"""results/<experiment>.csv: whole at every moment, whatever interrupts the run."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from hilbench.core import files
from hilbench.core.errors import JobError, StoreError
from hilbench.record.metrics import BY_NAME, METRICS, SCHEMA
from hilbench.record.row import Row, from_cells

LARGEST_FILE = 64 * files.MIB

_WRITTEN_BY = (
    "`hilbench run` writes it, `hilbench baseline save` a baseline; --results names its folder"
)


def write_atomically(path: Path, data: bytes) -> None:
    """Replace `path` by `data`; after any failure the old file is still whole.

    Raises StoreError (folder not writable, disk full, ...).
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.check_replaceable(path)
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except (OSError, ValueError) as error:
        with suppress(OSError, ValueError):
            partial.unlink()
        remedy = "what was there before is unchanged"
        raise StoreError(f"cannot write {path}: {files.why(error)}", remedy=remedy) from error


def read(path: Path) -> list[Row]:
    """All rows of a results file; empty lines say nothing.

    Raises StoreError, with the line, when it cannot be read, is damaged or of a newer version.
    """
    try:
        text = files.read(path, LARGEST_FILE).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        remedy = _WRITTEN_BY if isinstance(error, FileNotFoundError) else ""
        raise StoreError(f"cannot read {path}: {files.why(error)}", remedy=remedy) from error
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: dict[str, Row] = {}
    header: list[str] = []
    try:
        for cells in lines:
            if not cells:
                continue
            if not header:
                header = _header(cells)
                continue
            row = _row(header, cells)
            if row.job in rows:
                raise ValueError(f"a second row of the job {row.job}")
            rows[row.job] = row
    except (csv.Error, ValueError, JobError) as error:
        message = error.message if isinstance(error, JobError) else str(error)
        raise StoreError(f"{path}:{max(1, lines.line_num)}: {message}") from error
    except StoreError as error:
        raise StoreError(f"{path}:{lines.line_num}: {error.message}", remedy=error.remedy) from None
    if not header:
        raise StoreError(f"{path} is empty", remedy=_WRITTEN_BY)
    return list(rows.values())


def _header(cells: list[str]) -> list[str]:
    if cells[0] != "schema":
        raise StoreError("not a results file", remedy="its first column is 'schema'")
    if twice := sorted({name for name in cells if cells.count(name) > 1}):
        raise ValueError(f"column '{twice[0]}' appears twice")
    return cells


def _row(header: list[str], cells: list[str]) -> Row:
    """Raises ValueError, JobError, StoreError for a row of a newer version."""
    schema = BY_NAME["schema"].parse(cells[0])
    if isinstance(schema, int) and schema > SCHEMA:
        newer = f"schema {schema} is newer than this hilbench ({SCHEMA})"
        raise StoreError(newer, remedy="update hilbench")
    return from_cells(header, cells)


def header() -> str:
    """The first line of a results file: METRICS."""
    return _line([metric.name for metric in METRICS])


def line(row: Row) -> str:
    """Its line of a results file."""
    return _line(row.cells())


def to_csv(rows: Iterable[Row]) -> bytes:
    """A results file of these rows."""
    return "".join([header(), *map(line, rows)]).encode()


def _line(cells: Sequence[str]) -> str:
    """RFC 4180 with LF line ends."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()
