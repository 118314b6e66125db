"""SHA-256 of what a stage depends on: files, folders, plain values."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from hilbench.core import files

State = tuple[int, int, int]

_read: dict[str, tuple[State, str]] = {}


def of_file(path: Path) -> str:
    """As it is now. Raises OSError, for what is no file as well: it may have no end."""
    with files.opened(path) as file:
        then = _state(os.fstat(file.fileno()))
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    _read[str(path)] = then, digest
    return digest


def of_kept(path: Path | str) -> str:
    """As `of_file`, of what is read once in each of its states: every key needs all the code, and
    many the same data. Raises OSError.
    """
    name = os.fspath(path)
    then, digest = _read.get(name, (None, ""))
    return digest if then == state(name) else of_file(Path(name))


def state(path: str) -> State:
    """Of a file or folder: changes whenever its content does. Raises OSError."""
    return _state(os.stat(path))  # noqa: PTH116 - hundreds of them for every key


def _state(found: os.stat_result) -> State:
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size


def of_files(paths: Iterable[Path], base: Path) -> str:
    """One hash over names (relative to `base`) and contents, in sorted order."""
    return _of_named({path.relative_to(base).as_posix(): str(path) for path in paths})


def of_tree(folder: Path, *suffixes: str, without: str = "") -> str:
    """Hash of every file below `folder` (with one of `suffixes`, if any are given).

    `without` is a folder in it that does not count.
    """
    files = _below(str(folder), without)
    return _of_named(
        {name: path for name, path in files if not suffixes or path.endswith(suffixes)}
    )


def _of_named(files: dict[str, str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files, key=lambda name: name.split("/")):
        digest.update(f"{name}\0".encode())
        digest.update(bytes.fromhex(of_kept(files[name])))
    return digest.hexdigest()


def _below(top: str, without: str = "", within: str = "") -> Iterator[tuple[str, str]]:
    """(name relative to `top`, path) of every file."""
    for entry in os.scandir(top):
        name = within + entry.name
        if entry.is_dir(follow_symlinks=False):
            if entry.name != "__pycache__" and name != without:
                yield from _below(entry.path, without, f"{name}/")
        elif entry.is_file():
            yield name, entry.path


def of_values(**values: object) -> str:
    """Hash of named JSON values; the order of the names does not matter."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()
