"""Which files of the user's a child reads: what it makes depends on them.

A builder of a model may open weights, a table or a module beside it, and nothing says so but
the opening itself. The child notes them with their digests; the store compares.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from importlib.util import source_from_cache
from pathlib import Path

import hilbench
from hilbench.core import hashing

READS = "reads.json"

_SYSTEM = ("/proc", "/sys", "/dev", "/etc", "/run")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Reads:
    """Every module of this process, and every file that it opens from now on to read it alone.

    Only what Python opens is heard: hilbench's own readers of HDF5 and SavedModel get their
    files by name.
    """

    def __init__(self) -> None:
        self._read: set[str] = set()
        self._written: set[str] = set()
        sys.addaudithook(self._heard)

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        if event != "open" or not isinstance(arguments[0], str | bytes):
            return
        path, _, flags = arguments
        name = os.path.abspath(os.fsdecode(path))  # type: ignore[arg-type]  # noqa: PTH100
        writes = isinstance(flags, int) and flags & _WRITES
        (self._written if writes else self._read).add(name)

    def digests(self, known: Iterable[Path]) -> dict[str, str]:
        """SHA-256 by path: not of what Python and its packages consist of, of hilbench's modules,
        of what was written here, or of what lies in `known` and is part of the key anyhow.
        """
        others = (*map(Path, (*_SYSTEM, sys.prefix, sys.base_prefix, *_packages())), *known)
        found = {}
        modules = {str(getattr(m, "__file__", None) or "") for m in [*sys.modules.values()]}
        for name in sorted((self._read | modules) - self._written - {""}):
            path = _source(Path(name))
            if any(path.is_relative_to(other) for other in others) or _is_module(path):
                continue
            if path.is_file():
                found[str(path)] = hashing.of_file(path)
        return found


def write(folder: Path, digests: Mapping[str, str]) -> None:
    (folder / READS).write_text(json.dumps(digests, indent=1), encoding="utf-8")


def changed(folder: Path) -> str:
    """The first file that is no longer what the child in `folder` read, "" when none is.

    Raises OSError, ValueError for a note that cannot be read.
    """
    note = folder / READS
    noted = json.loads(note.read_bytes()) if note.exists() else {}
    for name, digest in noted.items():
        path = Path(name)
        if not path.is_file() or hashing.of_file(path) != digest:
            return str(name)
    return ""


def _packages() -> list[str]:
    return [name for name in sys.path if name.endswith(("site-packages", "dist-packages"))]


def _source(path: Path) -> Path:
    """A module's source, where its compiled form was opened."""
    try:
        return Path(source_from_cache(path)) if path.suffix == ".pyc" else path
    except ValueError:
        return path


def _is_module(path: Path) -> bool:
    """One of hilbench: keys follow from those (core.modules)."""
    return path.suffix == ".py" and path.is_relative_to(Path(hilbench.__file__).parent)
