"""Results of stages by the hash of everything that decides them.

    <cache>/<stage>/<key>/    the folder that the stage wrote, complete
    <cache>/failed/<stage>/   what a failed attempt left: logs to look at

A folder appears under its final name only when it is whole, so a crash leaves
nothing that a later run could take for a result.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from hilbench.core import processes
from hilbench.core.errors import JobError, StoreError
from hilbench.core.owner import Owner

T = TypeVar("T")
KEY_LENGTH = 32
_POLL_SECONDS = 0.05


class Cache:
    """A folder of stage results; safe for several threads and processes at once."""

    def __init__(self, root: Path, fresh: Iterable[str] = (), owner: Owner | None = None) -> None:
        """Stages named in `fresh` are made again, once each, whatever is there."""
        self.root = root
        self._owner = owner or Owner()
        self._fresh = frozenset(fresh)
        self._remade: set[Path] = set()

    def get(
        self, stage: str, key: str, make: Callable[[Path], object], load: Callable[[Path], T]
    ) -> tuple[T, bool]:
        """The result of `stage` for `key`, and whether it was there already.

        `make` fills an empty folder, `load` reads a finished one. Whoever comes
        second for the same key waits for the first. Errors of `make` pass
        through with `log_dir` set to the folder that holds its logs.
        """
        final = self.root / stage / key[:KEY_LENGTH]
        try:
            final.parent.mkdir(parents=True, exist_ok=True)
            with self._alone(final.with_suffix(".lock")):
                return self._locked(stage, final, make, load)
        except OSError as error:
            raise self._unusable(error) from error

    @contextmanager
    def scratch(self, stage: str, name: str) -> Iterator[Path]:
        """A folder for what is not cached; it goes away unless something fails inside."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from error
        with processes.temporary_folder(f".{stage}.", self.root) as folder:
            try:
                yield folder
            except JobError as error:
                self._keep_failed(stage, name, folder, error)
                raise

    @contextmanager
    def _alone(self, path: Path) -> Iterator[None]:
        """One maker per key; whoever waits may be stopped. Raises Interrupted."""
        lock = FileLock(path, thread_local=False)
        while True:
            try:
                lock.acquire(timeout=0)
                break
            except Timeout:
                self._owner.sleep(_POLL_SECONDS)
        try:
            yield
        finally:
            lock.release()

    def _unusable(self, error: OSError) -> StoreError:
        return StoreError(
            f"cannot use the cache {self.root}: {error.strerror or error}",
            remedy="free space, or set HILBENCH_CACHE to another folder",
        )

    def _locked(
        self, stage: str, final: Path, make: Callable[[Path], object], load: Callable[[Path], T]
    ) -> tuple[T, bool]:
        if final.is_dir() and (stage not in self._fresh or final in self._remade):
            return load(final), True
        self._make(stage, final, make)
        self._remade.add(final)
        return load(final), False

    def _make(self, stage: str, final: Path, make: Callable[[Path], object]) -> None:
        with processes.temporary_folder(f".{final.name}.", final.parent) as partial:
            try:
                make(partial)
            except JobError as error:
                self._keep_failed(stage, final.name, partial, error)
                raise
            shutil.rmtree(final, ignore_errors=True)
            partial.rename(final)

    def _keep_failed(self, stage: str, key: str, partial: Path, error: JobError) -> None:
        """Keep the logs of what failed, unless it failed because it was stopped."""
        if self._owner.stopping:
            return
        kept = self.root / "failed" / stage / key
        shutil.rmtree(kept, ignore_errors=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        partial.rename(kept)
        error.log_dir = str(kept)
