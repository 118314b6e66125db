"""Finds what was added by looking: modules of a package, folders of data."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import pkgutil
import sys
import traceback
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Protocol, TypeVar

from hilbench.core.errors import UsageError
from hilbench.core.text import and_more, one_line

T = TypeVar("T")

PROJECT = "hilbench_project"
"""The package that modules of a project's folder seem to be of."""

_log = logging.getLogger(__name__)


class Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)


def modules(package: ModuleType) -> list[ModuleType]:
    """Every module and subpackage directly in `package`, by name.

    One that cannot be imported is left out with a warning that says where it broke: what
    somebody is just writing must not take everything else away.
    """
    names = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    found = [_imported(f"{package.__name__}.{name}") for name in names]
    return [module for module in found if module]


@cache
def _imported(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever its author wrote
        spec = importlib.util.find_spec(name)
        file = spec.origin if spec and spec.origin else name
        _log.warning("%s is left out: %s", _where(file, error), one_line(_said(error)))
        return None


@cache
def imported_file(path: Path) -> ModuleType | None:
    """A module outside of any package, under a name of its own; as `modules` does it."""
    name = f"{PROJECT}.{path.parent.name}.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever its author wrote
        _log.warning("%s is left out: %s", _where(str(path), error), one_line(_said(error)))
        return None
    return module


def _where(file: str, error: BaseException) -> str:
    """The module's own line that led to `error`."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    return f"{file}:{lines[-1]}" if lines else file


def _said(error: BaseException) -> str:
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {message}"


def collect(package: ModuleType, attribute: str) -> list[object]:
    """The `attribute` of each module of `package` that defines one.

    This is how tables are assembled: a new file with the attribute is enough.
    """
    return [getattr(module, attribute) for module in modules(package) if hasattr(module, attribute)]


def table(kind: str, found: Iterable[N]) -> dict[str, N]:
    """By name, in their order. Raises UsageError where two have one name."""
    by_name: dict[str, N] = {}
    for each in found:
        if (other := by_name.setdefault(each.name, each)) is not each:
            places = " and ".join(type(one).__module__ for one in (other, each))
            raise UsageError(
                f"two {kind}s are named '{each.name}', in {places}", remedy="rename one of them"
            )
    return by_name


def lookup(kind: str, name: str, known: Mapping[str, T]) -> T:
    """`known[name]`, or a UsageError that names the nearest valid one."""
    if name in known:
        return known[name]
    raise UsageError(f"unknown {kind} '{name}'", remedy=nearest(name, known))


SHOWN = 40
"""Of the names that are valid: all boards and experiments, not all claims of the ledger."""


def nearest(name: str, valid: Iterable[str]) -> str:
    """A remedy for a misspelt name: the nearest valid one, or all of them, of many the first."""
    names = sorted(valid)
    close = get_close_matches(str(name), names, n=1)
    return f"did you mean '{close[0]}'?" if close else f"valid: {and_more(names, SHOWN)}"
