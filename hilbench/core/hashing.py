"""SHA-256 of what a stage depends on: files, folders, plain values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path


def of_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def of_files(paths: Iterable[Path], base: Path) -> str:
    """One hash over names (relative to `base`) and contents, in sorted order."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(base).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def of_tree(folder: Path, *suffixes: str) -> str:
    """Hash of every file below `folder` (with one of `suffixes`, if any are given)."""
    files = [p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    return of_files([p for p in files if not suffixes or p.suffix in suffixes], folder)


def of_values(**values: object) -> str:
    """Hash of named JSON values; the order of the names does not matter."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()
