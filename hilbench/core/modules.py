"""Which modules of hilbench one module imports, and what their files contain."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import hilbench
from hilbench.core import hashing

_PACKAGE = Path(hilbench.__file__).parent
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(hilbench[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]*)"
    r"|import[ \t]+(hilbench[\w.]*))",
    re.MULTILINE,
)
"""Far quicker than a parser; what looks like an import in a text only makes a key stricter."""
_FOR_TYPES = re.compile(r"^if TYPE_CHECKING:\n(?:[ \t]+[^\n]*\n|\n)+", re.MULTILINE)
"""Imports that never run: without them hilbench/__init__.py would pull all of the API in."""


def hashed(names: Iterable[str]) -> str:
    """SHA-256 of the sources of these modules and of all of hilbench that they import.

    Modules count wherever the import stands, and through every other of hilbench; so do the
    files of other kinds in the folders of the modules that are named: tables, texts, weights.
    A module of others counts with all Python of the package that it is in.
    """
    roots = frozenset(names)
    known = _known.get(roots)
    if known is None or not known.holds():
        known = _known[roots] = _looked_at(roots)
    return known.digest


_CODE = frozenset({".py", ".pyc", ".pyi"})


_known: dict[frozenset[str], hashing.Kept] = {}


def _looked_at(roots: frozenset[str]) -> hashing.Kept:
    folders = {path.parent for name in roots for path in _sources(name)[:1]}
    files = _closure(roots)
    others = (path.parent for path in files if not path.is_relative_to(_PACKAGE))
    around = folders.union(others)  # where a new file would count
    listed = {str(folder): hashing.state(str(folder)) for folder in around}
    for path in (path for folder in folders for path in folder.iterdir()):
        if path.is_file() and path.suffix not in _CODE:
            files[path] = hashing.state(str(path))
    digests = sorted((_label(path), _read(path, state).digest) for path, state in files.items())
    states = {str(path): state for path, state in files.items()}
    return hashing.Kept(hashing.of_values(files=digests), listed | states)


@dataclass(frozen=True)
class _Read:
    digest: str
    imports: tuple[str, ...]


def _closure(names: Iterable[str]) -> dict[Path, hashing.State]:
    """The files of these modules and of all of hilbench that they import, packages included."""
    found: dict[Path, hashing.State] = {}
    seen: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name and name not in seen:
            seen.add(name)
            left.append(name.rpartition(".")[0] if _ours(name) else "")
            for path in _sources(name):
                found[path] = hashing.state(str(path))
                left += _read(path, found[path]).imports
    return found


@cache
def _read(path: Path, _: hashing.State) -> _Read:
    """Once for every state of the file: keys are asked for with each stage of each job."""
    content = path.read_bytes()
    imports = () if path.suffix not in _CODE else tuple(_imports_in(content.decode("utf-8")))
    return _Read(hashlib.sha256(content).hexdigest(), imports)


def _imports_in(text: str) -> Iterator[str]:
    for module, names, whole in _IMPORT.findall(_FOR_TYPES.sub("", text)):
        yield module or whole
        for name in re.findall(r"\w+", re.sub(r"\bas\s+\w+", "", names)):
            if _file(f"{module}.{name}"):
                yield f"{module}.{name}"


def _ours(name: str) -> bool:
    return name.partition(".")[0] == "hilbench"


def _sources(name: str) -> tuple[Path, ...]:
    """The file of a module, none for one without (built in); then the others of its package."""
    if _ours(name):
        return (found,) if (found := _file(name)) else ()
    if (found := _elsewhere(name)) is None:
        return ()
    package = found.parent
    if not (package / "__init__.py").is_file():
        return (found,)
    while (package.parent / "__init__.py").is_file():
        package = package.parent
    return (found, *sorted(path for path in package.rglob("*.py") if path != found))


@cache
def _file(name: str) -> Path | None:
    """Of a module of hilbench: found by its name, so that none has to be imported."""
    at = _PACKAGE.parent.joinpath(*name.split("."))
    for candidate in (at.with_suffix(".py"), at / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


def _elsewhere(name: str) -> Path | None:
    loaded = sys.modules.get(name)
    spec = getattr(loaded, "__spec__", None) if loaded else find_spec(name)
    return Path(spec.origin) if spec and spec.origin and Path(spec.origin).is_file() else None


@cache
def _label(path: Path) -> str:
    """The same for every place that hilbench is installed in."""
    return str(path.relative_to(_PACKAGE)) if path.is_relative_to(_PACKAGE) else path.name
