"""Finds what was added by looking: modules of a package, folders of data."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import ModuleType
from typing import TypeVar

from hilbench.core.errors import UsageError

T = TypeVar("T")


def modules(package: ModuleType) -> list[ModuleType]:
    """Every module and subpackage directly in `package`, by name."""
    names = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names]


def collect(package: ModuleType, attribute: str) -> list[object]:
    """The `attribute` of each module of `package` that defines one.

    This is how tables are assembled: a new file with the attribute is enough.
    """
    return [getattr(module, attribute) for module in modules(package) if hasattr(module, attribute)]


def lookup(kind: str, name: str, known: Mapping[str, T]) -> T:
    """`known[name]`, or a UsageError that names the nearest valid one."""
    if name in known:
        return known[name]
    raise UsageError(f"unknown {kind} '{name}'", remedy=nearest(name, known))


def nearest(name: str, valid: Iterable[str]) -> str:
    """A remedy for a misspelt name: the nearest valid one, or all of them."""
    names = sorted(valid)
    close = get_close_matches(str(name), names, n=1)
    return f"did you mean '{close[0]}'?" if close else f"valid: {', '.join(names)}"
