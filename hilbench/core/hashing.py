"""SHA-256 of what a stage depends on: files, folders, plain values."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hilbench.core import files

State = tuple[int, int, int]

_read: dict[str, tuple[State, str]] = {}


@dataclass(frozen=True)
class Kept:
    """A digest, and the states of all files and folders that it was made of."""

    digest: str
    states: Mapping[str, State]
    made_ns: int = field(default_factory=time.time_ns)

    def holds(self) -> bool:
        """Whether all is as it was. What changed just before is looked at once more."""
        settled = self.made_ns - _TICK_NS
        try:
            return all(
                was == state(path) and max(was[:2]) < settled for path, was in self.states.items()
            )
        except OSError:
            return False


_TICK_NS = 100_000_000
"""Of file systems' clocks, with room: two changes within one leave the same time."""
_trees: dict[tuple[str, tuple[str, ...], str], Kept] = {}


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
    tree = str(folder), suffixes, without
    kept = _trees.get(tree)
    if kept is None or not kept.holds():
        kept = _trees[tree] = _of_tree(*tree)
    return kept.digest


def _of_tree(top: str, suffixes: tuple[str, ...], without: str) -> Kept:
    states: dict[str, State] = {}
    found = dict(_below(top, without, states))
    if suffixes:
        found = {name: path for name, path in found.items() if path.endswith(suffixes)}
    states |= {path: state(path) for path in found.values()}
    return Kept(_of_named(found), states)


def _of_named(files: dict[str, str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files, key=lambda name: name.split("/")):
        digest.update(f"{name}\0".encode())
        digest.update(bytes.fromhex(of_kept(files[name])))
    return digest.hexdigest()


def _below(
    top: str, without: str, folders: dict[str, State], within: str = ""
) -> Iterator[tuple[str, str]]:
    """(name relative to `top`, path) of every file. `folders` gets the states of all folders."""
    folders[top] = state(top)
    for entry in os.scandir(top):
        name = within + entry.name
        if entry.is_dir(follow_symlinks=False):
            if entry.name != "__pycache__" and name != without:
                yield from _below(entry.path, without, folders, f"{name}/")
        elif entry.is_file():
            yield name, entry.path


def of_values(**values: object) -> str:
    """Hash of named JSON values; the order of the names does not matter."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()
