"""SHA-256 of what a stage depends on: files, folders, plain values."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

State = tuple[int, int, int]


def of_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def state(path: str) -> State:
    """Of a file or folder: changes whenever its content does. Raises OSError."""
    found = os.stat(path)  # noqa: PTH116 - hundreds of them for every key
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size


@cache
def of_source(path: str, _: State) -> str:
    """Hash of a file of code, read once in each of its states: every key needs them all."""
    return of_file(Path(path))


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
        digest.update(bytes.fromhex(of_source(files[name], state(files[name]))))
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
