"""Providers of boards that no cable brings: a package of hilbench that has a module `provider`.

    PROVIDER.kind            what `emulated_by` of the bench file says
    PROVIDER.facts(board)    how pyOCD is to treat such a board, None for one it has not
    PROVIDER.plugged(...)    starts one for as long as a block lasts
    PROVIDER.consoles()      those of the boards that are plugged in now
    PROVIDER.probes()        what makes pyOCD see their probes

Nothing here knows a provider: adding such a package is enough. pyOCD runs in a child of
hilbench, which is told of `probes()` and makes them known there: no user's own pyOCD sees them.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

import hilbench
from hilbench.config.board import Board
from hilbench.config.probe import PyocdTarget
from hilbench.core.artifacts import EmulatorOptions
from hilbench.core.deadline import Deadline


@dataclass(frozen=True)
class Console:
    """A serial port and the serial number that USB would tell of it."""

    device: str
    serial: str


class Provider(Protocol):
    """What the module's PROVIDER is."""

    @property
    def kind(self) -> str: ...

    def facts(self, board: Board) -> PyocdTarget | None: ...

    def plugged(
        self,
        probe: str,
        board: Board,
        deadline: Deadline,
        options: EmulatorOptions,
    ) -> AbstractContextManager[object]:
        """Start the board behind `probe`; its emulator gets `options` besides its own."""

    def consoles(self) -> Sequence[Console]: ...

    def probes(self) -> Mapping[str, str]:
        """Modules, and what their `register` is called with in the child that runs pyOCD."""


@cache
def providers() -> Mapping[str, Provider]:
    """Every provider by kind."""
    packages = [info.name for info in pkgutil.iter_modules(hilbench.__path__) if info.ispkg]
    modules = [f"hilbench.{name}.provider" for name in sorted(packages)]
    found = [import_module(name).PROVIDER for name in modules if find_spec(name)]
    return {provider.kind: provider for provider in cast(list[Provider], found)}


def facts(board: Board) -> PyocdTarget | None:
    """How pyOCD is to treat the board of a provider, None for any other."""
    known = (provider.facts(board) for provider in providers().values())
    return next((each for each in known if each is not None), None)


def consoles() -> list[Console]:
    """Those of all boards that are plugged in now."""
    return [console for provider in providers().values() for console in provider.consoles()]


def probes() -> dict[str, str]:
    """Of all providers that have a board plugged in."""
    found: dict[str, str] = {}
    for provider in providers().values():
        found.update(provider.probes())
    return found
