"""The user's own samples: .npz, .npy and .csv files as named arrays, and nothing that runs."""

from __future__ import annotations

import csv
import io
import tokenize
import warnings
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hilbench.core import files, hashing
from hilbench.core.errors import DataError

Array = NDArray[np.generic]

SUFFIXES = (".npz", ".npy", ".csv")
LARGEST_ARRAYS = 4096 * files.MIB
"""Bytes of a file, and of all that a compressed one holds."""
LARGEST_TABLE = 512 * files.MIB

_MAGIC = {".npz": b"PK", ".npy": b"\x93NUMPY"}
_WRITER = {".npz": "np.savez(...)", ".npy": "np.save(...)"}
_CORRUPT = (
    *(EOFError, KeyError, RuntimeError, SyntaxError, tokenize.TokenError),
    *(zipfile.BadZipFile, zlib.error),
)
"""What numpy and zipfile raise for damaged headers and members, encrypted ones as well."""
_EXACT = 2.0**53
"""Below it a float is the integer that it looks like."""
ONLY = "samples"
"""The name of what a file holds that names nothing."""


@dataclass(frozen=True)
class Arrays:
    """Arrays (n, ...) by name, and where they are from: `origin` is for a row, `where` for errors.

    `columns` are the names of the features of a table, whose rows are samples.
    """

    arrays: Mapping[str, Array] = field(repr=False)
    origin: str
    where: str
    columns: tuple[str, ...] = ()


def read(path: Path, labels: str | None = None) -> Arrays:
    """What is in a file. `labels` is the column of a .csv that holds them.

    Raises DataError for a file that is missing, of another kind, corrupt or empty, or
    that holds Python objects, which only running code could read.
    """
    _check(path)
    try:
        columns: tuple[str, ...] = ()
        if path.suffix == ".csv":
            arrays, columns = _table(path, labels)
        else:
            arrays = _arrays(path)
    except OSError as error:
        raise DataError(f"data file {path}: {error.strerror or error}") from error
    except MemoryError:
        raise DataError(f"data file {path}: holds more than the memory does") from None
    for name, array in arrays.items():
        if array.dtype.kind not in "biuf":
            raise DataError(
                f"data file {path}: '{name}' is of type {array.dtype}",
                remedy="arrays of numbers are needed",
            )
        if not array.size:
            raise DataError(f"data file {path}: '{name}' is empty, shape {list(array.shape)}")
    if not arrays:
        raise DataError(f"data file {path}: holds no arrays")
    return Arrays(arrays, f"{path.name} sha256 {hashing.of_file(path)[:16]}", str(path), columns)


def _check(path: Path) -> None:
    """Raises DataError where there is no file of a kind that can be read."""
    try:
        found = path.is_file()
    except (OSError, ValueError) as error:  # a name that cannot be one
        raise DataError(f"data file {path}: {files.why(error)}") from None
    if not found:
        remedy = "" if path.suffix else "names of data are those of `hilbench list data`"
        raise DataError(f"data file {path}: no such file", remedy=remedy)
    if path.suffix not in SUFFIXES:
        kinds = ", ".join(SUFFIXES)
        raise DataError(f"data file {path}: of an unknown kind", remedy=f"known are {kinds}")


def _arrays(path: Path) -> dict[str, Array]:
    # numpy takes whatever it does not know for a pickle, and a member of a zip for bytes.
    begin = files.beginning(path, len(max(_MAGIC.values(), key=len)))
    if not begin.startswith(_MAGIC[path.suffix]):
        said = "is empty" if not begin else f"corrupt, or not an {path.suffix} file"
        raise DataError(f"data file {path}: {said}", remedy=f"write it with {_WRITER[path.suffix]}")
    try:
        _check_size(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a file by an old Python: it is read all the same
            loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            return {ONLY: loaded}
        with loaded:
            found = dict(loaded.items())
    except ValueError as error:
        if "Object arrays" in str(error):
            remedy = "save arrays of numbers: np.stack(...)"
            raise DataError(f"data file {path}: holds Python objects", remedy=remedy) from None
        raise DataError(f"data file {path}: corrupt: {error}") from None
    except _CORRUPT as error:
        raise DataError(f"data file {path}: corrupt: {error}") from None
    for name, array in found.items():
        if not isinstance(array, np.ndarray):
            raise DataError(f"data file {path}: corrupt: '{name}' is no array")
    return found


def _check_size(path: Path) -> None:
    """Raises DataError for more than LARGEST_ARRAYS, and what zipfile raises."""
    size = path.stat().st_size
    if path.suffix == ".npz":
        with zipfile.ZipFile(path) as archive:
            size = max(size, sum(member.file_size for member in archive.infolist()))
    if size > LARGEST_ARRAYS:
        limit = f"{LARGEST_ARRAYS // files.MIB:,} MiB"
        raise DataError(f"data file {path}: holds {size // files.MIB:,} MiB, more than {limit}")


def _table(path: Path, labels: str | None) -> tuple[dict[str, Array], tuple[str, ...]]:
    """Features (rows, columns) and, where a column holds them, labels (rows,)."""
    try:
        text = files.read(path, LARGEST_TABLE).decode("utf-8-sig")
        rows = [
            row
            for row in csv.reader(io.StringIO(text, newline=""))
            if any(cell.strip() for cell in row)
        ]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"data file {path}: not a table in UTF-8: {error}") from None
    if not rows:
        raise DataError(f"data file {path}: is empty")
    named = not all(_is_number(cell) for cell in rows[0])
    header = [cell.strip() for cell in rows[0]] if named else [str(i) for i in range(len(rows[0]))]
    body = rows[1:] if named else rows
    if not body:
        raise DataError(f"data file {path}: has a header and no rows")
    values = np.array(
        [_numbers(path, number + named, row, header) for number, row in enumerate(body, 1)]
    )
    keep = [i for i, name in enumerate(header) if name not in ("", "Unnamed: 0")]
    column = _label_column(path, header, labels)
    features = [i for i in keep if i != column]
    if not features:
        raise DataError(f"data file {path}: has no column of features")
    arrays: dict[str, Array] = {ONLY: values[:, features]}
    if column is not None:
        arrays["labels"] = _whole(values[:, column])
    return arrays, tuple(header[i] for i in features)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _numbers(path: Path, line: int, row: Sequence[str], header: Sequence[str]) -> list[float]:
    if len(row) != len(header):
        raise DataError(f"data file {path}:{line}: {len(row)} cells, {len(header)} columns")
    for name, cell in zip(header, row, strict=True):
        if not _is_number(cell):
            said = f"'{cell[:40]}' is not a number" if cell.strip() else "is empty"
            message = f"data file {path}:{line}: column '{name}': {said}"
            raise DataError(message, remedy=_cell_remedy(name, cell))
    return [float(cell) for cell in row]


def _cell_remedy(name: str, cell: str) -> str:
    if name.lower() in LABELS:
        return "labels are class numbers from 0, or values"
    separated = any(mark in cell for mark in ";\t")
    return "separate cells by commas, decimals by a point" if separated else ""


LABELS = ("label", "labels", "y", "target", "targets", "class")


def _label_column(path: Path, header: Sequence[str], labels: str | None) -> int | None:
    if labels is not None:
        if labels not in header:
            there = ", ".join(header[:20])
            raise DataError(f"data file {path}: has no column '{labels}'", remedy=f"has: {there}")
        return header.index(labels)
    return next((i for i, name in enumerate(header) if name.lower() in LABELS), None)


def _whole(values: NDArray[np.float64]) -> Array:
    """As integers, where all of them are."""
    whole = np.isfinite(values).all() and (np.abs(values) < _EXACT).all()
    return values.astype(np.int64) if whole and (values == np.floor(values)).all() else values
