"""The three places where things are found: hilbench, installed packages, the project folder.

A package opens a door by an entry point of the group `hilbench.<kind>`, which is an
object, or a folder for kinds of files; a project has a folder `<kind>/` beside its
`hilbench.yaml`, of files, or of modules as hilbench's own package of that kind has them.
Two things of one name are refused, wherever they are from.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from hilbench.core import registry, settings
from hilbench.core.errors import UsageError
from hilbench.core.text import one_line

if TYPE_CHECKING:
    from importlib.metadata import SelectableGroups

T = TypeVar("T")

_log = logging.getLogger(__name__)

PROJECT_FILE = "hilbench.yaml"
OWN = "hilbench"


@dataclass(frozen=True)
class Found(Generic[T]):
    """A thing and where it is from: "hilbench", "package NAME" or "project FOLDER".

    `file` is that of a project, which its author can change; `module` the Python module of an
    object that was added.
    """

    name: str
    origin: str
    thing: T
    file: Path | None = None
    module: str = ""


def project_dir(start: Path | None = None) -> Path | None:
    """The folder of the nearest hilbench.yaml, here or above; None outside of a project.

    Code of a project runs: one of another user, as anybody may put above a folder in /tmp, is
    left out with a warning.
    """
    here = (start or Path.cwd()).resolve()
    files = (folder / PROJECT_FILE for folder in (here, *here.parents))
    return next((file.parent for file in files if file.is_file() and is_trusted(file)), None)


def is_trusted(code: Path) -> bool:
    """Whether a file is of this user or of the system's; a warning where it is not.

    What cannot be looked at cannot run: whoever opens it says why.
    """
    try:
        owner = code.stat().st_uid
    except OSError:
        return True
    if owner in _owners():
        return True
    _warn(
        f"{code} is left out: it is of another user (uid {owner}), and its code would run with"
        " your rights (if you trust it: a copy of the folder is yours)"
    )
    return False


def _owners() -> set[int]:
    """Whose code runs: root could do all of it anyway; under sudo, who asked."""
    me = os.geteuid()
    asked = None if me else settings.sudo_user()
    return {0, me} if asked is None else {0, me, asked}


@cache
def entry_points(kind: str) -> tuple[Found[object], ...]:
    """What installed packages add. Raises UsageError for one that cannot be imported."""
    found = []
    for point in sorted(_installed(tuple(sys.path)).select(group=f"hilbench.{kind}")):
        package = point.dist.name if point.dist else "?"
        try:
            thing = point.load()
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            raise UsageError(
                f"package {package}: hilbench.{kind} '{point.name}': {said}"
            ) from error
        found.append(Found(point.name, f"package {package}", thing, module=point.module))
    return tuple(found)


@cache
def _installed(_: tuple[str, ...]) -> SelectableGroups:
    """Of all groups, found along `sys.path`: to look at every package takes its time."""
    from importlib import metadata  # and `--help` needs none of it

    return metadata.entry_points()


def guests() -> set[str]:
    """The packages whose code is of others: modules of projects, and what entry points name."""
    points = _installed(tuple(sys.path))
    named = (each.module for group in points.groups for each in points.select(group=group)
             if group.startswith(f"{OWN}."))  # fmt: skip
    return {registry.PROJECT, *(module.partition(".")[0] for module in named)} - {OWN}


def objects(kind: str, package: ModuleType | None, attribute: str, wanted: Any) -> list[Found[Any]]:
    """The `attribute` of modules of `package` and of the project, and entry points.

    A tuple is several. What is no `wanted`, a class or a protocol that can be checked, is left out
    with a warning. Raises UsageError for an entry point that cannot be imported.
    """
    return [f for f in _objects(kind, package, attribute) if fits(f, attribute, wanted)]


def fits(found: Found[Any], attribute: str, wanted: Any) -> bool:
    """Whether a thing can be used; what is wrong with it is a warning."""
    thing = found.thing
    is_class = isinstance(thing, type)
    if isinstance(thing, wanted) and (wanted is Callable or not is_class):
        return True
    names = {*vars(wanted), *getattr(wanted, "__annotations__", ())}
    needed = [name for name in sorted(names) if name[0] != "_"]
    lacking = [name for name in needed if not hasattr(thing, name)]
    what = f"the class {thing.__name__}" if is_class else f"of type {type(thing).__name__}"
    lacks = f" (without {', '.join(lacking)})" if 0 < len(lacking) < len(needed) else ""
    left_out(found, f"{attribute} is {what} and no {wanted.__name__}{lacks}")
    return False


def left_out(found: Found[Any], why: str) -> None:
    """Say so, once: things are looked up many times."""
    _warn(f"{found.file or found.module or found.origin} is left out: {one_line(why)}")


@cache
def _warn(message: str) -> None:
    _log.warning(message)


def _objects(kind: str, package: ModuleType | None, attribute: str) -> list[Found[object]]:
    found = [
        Found(_name(thing, module.__name__.rpartition(".")[2]), OWN, thing)
        for module in (registry.modules(package) if package else ())
        for thing in _several(getattr(module, attribute, ()))
    ]
    for point in entry_points(kind):
        found += [replace(point, name=_name(t, point.name), thing=t) for t in _several(point.thing)]
    if (project := project_dir()) is not None:
        for path in sorted((project / kind).glob("*.py")):
            if not is_trusted(path) or (module := registry.imported_file(path)) is None:
                continue
            origin, made = _origin(project), module.__name__
            for thing in _several(getattr(module, attribute, ())):
                found.append(Found(_name(thing, path.stem), origin, thing, path, made))
    return found


def _several(thing: object) -> tuple[object, ...]:
    return thing if isinstance(thing, tuple) else (thing,)


def _name(thing: object, otherwise: str) -> str:
    return str(getattr(thing, "name", otherwise))


def _origin(project: Path) -> str:
    return f"project {project.name}"


def folders(kind: str, own: Path | None) -> list[tuple[str, Path]]:
    """Every folder of a kind that may be there, with its origin."""
    found = [(OWN, own)] if own else []
    found += [(point.origin, Path(str(point.thing))) for point in entry_points(kind)]
    if (project := project_dir()) is not None:
        found.append((_origin(project), project / kind))
    return found


def files(kind: str, own: Path | None, pattern: str) -> Mapping[str, Found[Path]]:
    """Every file of a kind, by the stem of its name, or of its folder in `*/name.yaml`.

    Raises UsageError where two have one name.
    """
    return by_name(kind, _files(kind, own, pattern))


def _files(kind: str, own: Path | None, pattern: str) -> Iterator[Found[Path]]:
    for origin, folder in folders(kind, own):
        for path in sorted(folder.glob(pattern)):
            yield Found(path.parent.name if "/" in pattern else path.stem, origin, path)


def things(found: Mapping[str, Found[T]]) -> dict[str, T]:
    """Without where they are from."""
    return {name: each.thing for name, each in found.items()}


def by_name(kind: str, found: Iterable[Found[T]]) -> Mapping[str, Found[T]]:
    """Raises UsageError where two have one name."""
    names: dict[str, Found[T]] = {}
    for each in found:
        if (other := names.get(each.name)) is not None:
            both = f"one {_where(other)}, one {_where(each)}"
            raise UsageError(
                f"two {kind} are named '{each.name}': {both}", remedy="rename one of them"
            )
        names[each.name] = each
    return names


def _where(found: Found[T]) -> str:
    file = found.thing if isinstance(found.thing, Path) else found.file
    where = f" ({file})" if file else ""
    return f"in {found.origin}{where}"
