"""The three places where things are found: hilbench, installed packages, the project folder.

A package opens a door by an entry point of the group `hilbench.<kind>`, which is an
object, or a folder for kinds of files; a project has a folder `<kind>/` beside its
`hilbench.yaml`. Two things of one name are refused, wherever they are from.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

from hilbench.core.errors import UsageError

T = TypeVar("T")

PROJECT_FILE = "hilbench.yaml"
OWN = "hilbench"


@dataclass(frozen=True)
class Found(Generic[T]):
    """A thing and where it is from: "hilbench", "package NAME" or "project FOLDER"."""

    name: str
    origin: str
    thing: T


def project_dir(start: Path | None = None) -> Path | None:
    """The folder of the nearest hilbench.yaml, here or above; None outside of a project."""
    here = (start or Path.cwd()).resolve()
    return next((p for p in (here, *here.parents) if (p / PROJECT_FILE).is_file()), None)


@cache
def entry_points(kind: str) -> tuple[Found[object], ...]:
    """What installed packages add. Raises UsageError for one that cannot be imported."""
    found = []
    for point in sorted(importlib.metadata.entry_points(group=f"hilbench.{kind}")):
        package = point.dist.name if point.dist else "?"
        try:
            thing = point.load()
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            raise UsageError(
                f"package {package}: hilbench.{kind} '{point.name}': {said}"
            ) from error
        found.append(Found(point.name, f"package {package}", thing))
    return tuple(found)


def files(kind: str, own: Path, pattern: str) -> Iterator[Found[Path]]:
    """Every file of a kind, by the stem of its name, or of its folder in `*/name.yaml`."""
    added = ((found.origin, Path(str(found.thing))) for found in entry_points(kind))
    folders = [(OWN, own), *added]
    if (project := project_dir()) is not None:
        folders.append((f"project {project.name}", project / kind))
    for origin, folder in folders:
        for path in sorted(folder.glob(pattern)):
            yield Found(path.parent.name if "/" in pattern else path.stem, origin, path)


def by_name(kind: str, found: Iterable[Found[T]]) -> Mapping[str, Found[T]]:
    """Raises UsageError where two have one name."""
    names: dict[str, Found[T]] = {}
    for each in found:
        if (other := names.get(each.name)) is not None:
            both = f"one in {other.origin}, one in {each.origin}"
            raise UsageError(f"two of kind {kind} are named '{each.name}': {both}")
        names[each.name] = each
    return names
