"""Results of stages by the hash of everything that decides them.

    <root>/<stage>/<key>/                 what the stage wrote, complete
    <root>/<stage>/<key>/artifact.json    the stage's frozen object, paths relative to the folder
    <root>/<stage>/<key>/manifest.json    stage, key, and the SHA-256 of every file of the entry
    <root>/failed/<stage>/<key>/          what a failed attempt left: logs to look at

An entry gets its name when it is whole, and is compared with its manifest when it is read. One
that is unreadable, incomplete or changed, or that was made from files of the user's which are
others now (reads.json), counts as not there: it is named in the log and made again. The folder
is its user's alone.
"""

from __future__ import annotations

import dataclasses
import fcntl
import json
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from filelock import BaseFileLock, FileLock, Timeout
from pydantic import TypeAdapter

from hilbench.core import files, hashing, processes, reads
from hilbench.core.errors import JobError, StoreError
from hilbench.core.owner import Owner
from hilbench.core.waits import Wait

T = TypeVar("T")

ARTIFACT, MANIFEST, FAILED = "artifact.json", "manifest.json", "failed"
KEY_LENGTH = 32
_POLL_SECONDS = 0.05

_adapter: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)
"""Making one takes longer than reading an entry."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """One result: its size, and when it was last used (seconds since the epoch)."""

    stage: str
    folder: Path
    size: int
    used: float


class _Broken(Exception):
    """An entry that is not what was written."""


class Store:
    """A folder of stage results; safe for several threads and processes at once."""

    def __init__(self, root: Path, fresh: Iterable[str] = (), owner: Owner | None = None) -> None:
        """Stages named in `fresh` are made again, once each, whatever is there."""
        self.root = root
        self._fresh = frozenset(fresh)
        self._owner = owner or Owner()
        self._known: set[Path] = set()
        self._opening = threading.Lock()
        self._in_use: int | None = None

    def get(self, stage: str, key: str, kind: type[T], make: Callable[[Path], T]) -> tuple[T, bool]:
        """The result of `stage` for `key`, and whether it was there already.

        It is a frozen dataclass (or a path) of values that JSON can hold, and paths.
        `make` fills an empty folder. Whoever comes second for the same key waits for the
        first. Errors of `make` pass through with `log_dir` set to the folder that holds its
        logs. Raises StoreError when the store cannot be used, Interrupted.
        """
        final = self.root / stage / key[:KEY_LENGTH]
        self._open()
        with self._usable():
            _private_folder(final.parent)
        with self._alone(final):
            if stage not in self._fresh or final in self._known:
                try:
                    return self._read(final, stage, key, kind), True
                except _Broken as reason:
                    _log.warning("cache entry %s/%s %s: made again", stage, final.name, reason)
                except FileNotFoundError:
                    pass
            made = self._make(final, stage, key, kind, make)
            self._known.add(final)
            return made, False

    @contextmanager
    def scratch(self, stage: str, name: str) -> Iterator[Path]:
        """A folder for what is not kept; it goes away unless a job fails inside."""
        self._open()
        with (
            self._temporary(f".{stage}.", self.root) as folder,
            self._explained(stage, folder, name),
        ):
            yield folder

    def entries(self) -> list[Entry]:
        """Everything there is, what was used longest ago first."""
        if not self.root.is_dir():
            return []
        found = [
            Entry(folder.parent.name, folder, _size(folder), folder.stat().st_mtime)
            for folder in self.root.glob("*/*")
            if folder.is_dir() and not folder.name.startswith(".")
        ]
        return sorted(found, key=lambda entry: entry.used)

    def prune(self, older_than: float | None = None, keep: int | None = None) -> list[Entry]:
        """Remove what was not used for `older_than` seconds, then the oldest until `keep` bytes
        are left, and what killed runs left behind. Returns what was removed.

        Raises StoreError while a run uses the store.
        """
        if not self.root.is_dir():
            return []
        self._open(alone=True)
        entries, now = self.entries(), time.time()
        left = sum(entry.size for entry in entries)
        removed = []
        for entry in entries:
            old = older_than is not None and now - entry.used > older_than
            if old or (keep is not None and left > keep):
                with self._usable():
                    shutil.rmtree(entry.folder)
                left -= entry.size
                removed.append(entry)
        for pattern in (".*.*", "*/.*.*", "*/*.lock"):
            for stale in self.root.glob(pattern):
                shutil.rmtree(stale) if stale.is_dir() else stale.unlink()
        return removed

    def __del__(self) -> None:
        if self._in_use is not None:
            os.close(self._in_use)

    def _open(self, *, alone: bool = False) -> None:
        """Make or check the root, and say that it is in use as long as this object is."""
        with self._opening:
            if self._in_use is None:
                self._in_use = self._lock_root(alone)

    def _lock_root(self, alone: bool) -> int:
        with self._usable():
            _private_folder(self.root)
            lock = os.open(self.root / "in_use", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        how = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
        wait = Wait("prunes the cache")
        try:
            while not _locked(lock, how):
                if alone:
                    raise StoreError(
                        f"the cache {self.root} is in use by a run",
                        remedy="try again when it has ended",
                    )
                wait.for_lock(self.root / "in_use")
                self._owner.sleep(_POLL_SECONDS)
        except BaseException:
            os.close(lock)
            raise
        return lock

    @contextmanager
    def _usable(self) -> Iterator[None]:
        """What goes wrong here is the store's fault: raises StoreError for an OSError."""
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"cannot use the cache {self.root}: {error.strerror or error}",
                remedy="free space, or set HILBENCH_CACHE to another folder",
            ) from error

    @contextmanager
    def _alone(self, final: Path) -> Iterator[None]:
        """One maker per key; whoever waits may be stopped. Raises Interrupted."""
        with self._usable():
            lock = FileLock(final.with_suffix(".lock"), thread_local=False, mode=0o600)
        wait = Wait(f"makes {final.parent.name}/{final.name}")
        while not self._taken(lock):
            wait.for_lock(final.with_suffix(".lock"))
            self._owner.sleep(_POLL_SECONDS)
        try:
            yield
        finally:
            lock.release()

    def _taken(self, lock: BaseFileLock) -> bool:
        with self._usable():
            try:
                lock.acquire(timeout=0)
            except Timeout:
                return False
            return True

    @contextmanager
    def _temporary(self, prefix: str, parent: Path) -> Iterator[Path]:
        with self._usable():
            made = processes.temporary_folder(prefix, parent)
            folder = made.__enter__()
        try:
            yield folder
        finally:
            made.__exit__(None, None, None)

    def _read(self, final: Path, stage: str, key: str, kind: type[T]) -> T:
        """Raises FileNotFoundError when there is no entry, _Broken for one that was changed."""
        if not final.is_dir():
            raise FileNotFoundError(final)
        try:
            if final not in self._known:
                _compare(final, stage, key)
                if other := reads.changed(final):
                    raise _Broken(f"was made with another {other}")
                os.utime(final)
                self._known.add(final)
            artifact = _adapter(kind).validate_json((final / ARTIFACT).read_bytes())
        except (OSError, ValueError, TypeError) as error:
            raise _Broken(f"cannot be read ({type(error).__name__})") from error
        placed: T = _with_paths(artifact, lambda path: final / _there(path))
        return placed

    def _make(
        self, final: Path, stage: str, key: str, kind: type[T], make: Callable[[Path], T]
    ) -> T:
        with self._temporary(f".{final.name}.", final.parent) as partial:
            with self._explained(stage, partial, final.name):
                made = make(partial)
            with self._usable():
                _write(partial, stage, key, kind, made)
                # As the next run will read it: 1 that was written for a float is 1.0 there.
                again = _adapter(kind).validate_json((partial / ARTIFACT).read_bytes())
                _replace(partial, final)
        placed: T = _with_paths(again, final.joinpath)
        return placed

    @contextmanager
    def _explained(self, stage: str, folder: Path, name: str) -> Iterator[None]:
        """Errors of a stage that works in `folder`: whose fault they are, and their logs.

        An OSError ends one job; a full disk is the store's and ends the run.
        """
        try:
            yield
        except JobError as error:
            self._check_space()
            self._keep_failed(stage, name, folder, error)
            raise
        except OSError as error:
            self._check_space()
            failed = JobError(f"{stage} failed: {error}")
            self._keep_failed(stage, name, folder, failed)
            raise failed from error

    def _check_space(self) -> None:
        """Raises StoreError when the disk is full: whatever failed, failed because of it."""
        with self._usable():
            full = files.full(self.root)
        if full:
            raise StoreError(
                f"the disk of the cache {self.root} is full",
                remedy="`hilbench cache prune`, or set HILBENCH_CACHE to another folder",
            )

    def _keep_failed(self, stage: str, key: str, partial: Path, error: JobError) -> None:
        """Keep the logs of what failed, unless it failed because it was stopped."""
        if self._owner.stopping:
            return
        kept = self.root / FAILED / stage / key
        with self._usable():
            shutil.rmtree(kept, ignore_errors=True)
            kept.parent.mkdir(parents=True, exist_ok=True)
            partial.rename(kept)
        error.log_dir = str(kept)


def _locked(file: int, how: int) -> bool:
    """Whether the lock was free."""
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _private_folder(path: Path) -> None:
    """A folder of this user alone, made if need be. Raises StoreError for another user's."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = path.stat()
    if status.st_uid != os.geteuid():
        raise StoreError(
            f"the cache {path} belongs to another user (uid {status.st_uid})",
            remedy="set HILBENCH_CACHE to a folder of your own",
        )
    if status.st_mode & 0o077:
        path.chmod(0o700)


def _write(folder: Path, stage: str, key: str, kind: type[T], artifact: T) -> None:
    """Artifact and manifest, and only the user may read any of it."""
    inside = _with_paths(artifact, lambda path: _inside(path, folder))
    text = _adapter(kind).dump_json(inside, indent=1)
    (folder / ARTIFACT).write_bytes(text)
    for path in [*folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & 0o700)
    manifest = {"stage": stage, "key": key, "files": _digests(folder)}
    with (folder / MANIFEST).open("w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        json.dump(manifest, file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())


def _inside(path: Path, folder: Path) -> Path:
    """Relative to the entry's folder where it lies in there, as it is elsewhere."""
    return path.relative_to(folder) if path.is_relative_to(folder) else path


def _there(path: Path) -> Path:
    """Raises _Broken for what lay outside of the entry and is gone, as an installation may be."""
    if path.is_absolute() and not path.exists():
        raise _Broken(f"needs {path}, which is gone")
    return path


def _replace(partial: Path, final: Path) -> None:
    """Give the entry its name; one that was there goes away first."""
    if final.exists():
        with processes.temporary_folder(f".{final.name}.", final.parent) as old:
            final.rename(old / final.name)
            partial.rename(final)
    else:
        partial.rename(final)
    folder = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _compare(folder: Path, stage: str, key: str) -> None:
    """Raises _Broken unless the entry is that of its manifest, OSError or ValueError."""
    manifest = json.loads((folder / MANIFEST).read_bytes())
    if not isinstance(manifest, dict) or set(manifest) != {"stage", "key", "files"}:
        raise _Broken("has a manifest that is none")
    if (manifest["stage"], manifest["key"]) != (stage, key):
        raise _Broken("is that of something else")
    found, expected = _digests(folder), manifest["files"]
    for name in sorted({*found, *expected}):
        if found.get(name) != expected.get(name):
            raise _Broken(f"was changed ({name})")


def _digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file but the manifest; a link counts as its target's name."""
    found, left = {}, [""]
    while left:
        within = left.pop()
        for entry in os.scandir(folder / within):
            name = within + entry.name
            if entry.is_symlink():
                found[name] = f"link to {Path(entry.path).readlink()}"
            elif entry.is_dir():
                left.append(f"{name}/")
            elif entry.is_file() and name != MANIFEST:
                found[name] = hashing.of_file(Path(entry.path))
    return found


def _with_paths(value: Any, change: Callable[[Path], Path]) -> Any:
    """A frozen object with every path in it changed."""
    if isinstance(value, Path):
        return change(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        changed = {name: _with_paths(inner, change) for name, inner in fields.items()}
        return dataclasses.replace(value, **changed)
    if isinstance(value, Mapping):
        return {name: _with_paths(inner, change) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_with_paths(inner, change) for inner in value)
    return value


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())
