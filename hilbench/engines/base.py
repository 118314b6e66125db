"""What an engine is to the rest of hilbench.

An engine turns a .tflite file into C or C++ sources that implement
firmware/include/engine.h. It is a module or subpackage of hilbench.engines
with an attribute `ENGINE`, found by scanning (docs/adding-an-engine.md).
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, TypeAlias, cast, runtime_checkable

import hilbench.engines
from hilbench.config.board import Board
from hilbench.core.artifacts import EngineSources
from hilbench.core.registry import collect, lookup
from hilbench.core.settings import Settings


class Engine(Protocol):
    """An engine; methods may be called in any order, any number of times.

    The pipeline calls `supports` for each job before anything else, looks up
    its cache with `fingerprint`, and calls `compile` where the cache has no
    answer. Nothing is kept between calls.
    """

    name: str
    """As experiments and records spell it."""

    description: str
    """One line for `hilbench list engines`."""

    def supports(self, board: Board) -> bool:
        """Whether the engine has code for the board's CPU."""

    def compile(self, tflite: Path, out_dir: Path) -> EngineSources:
        """Write the sources for one model into `out_dir`, an existing folder.

        The same file gives the same bytes. Raises FormatError for a broken
        .tflite, Unsupported for an operator, type or option that the engine
        cannot run (named, and before a compiler is started), MissingTool if
        the engine needs something that is not installed.
        """

    def fingerprint(self) -> str:
        """Hash of everything but the .tflite that decides what the firmware does."""


@runtime_checkable
class ProbedEngine(Protocol):
    """An engine whose code depends on the board and on what a first firmware says.

    The pipeline builds what `probe` gives for an emulated board with the CPU of
    the job's board, runs it, and hands its only output to `compile`. Errors are
    those of Engine.
    """

    name: str
    description: str

    def supports(self, board: Board) -> bool:
        """As Engine's. Raises Skipped where something of the user's is not configured."""

    def probe(self, tflite: Path, board: Board, out_dir: Path) -> EngineSources:
        """Write the sources of the first firmware into `out_dir`."""

    def compile(self, tflite: Path, board: Board, out_dir: Path, *, probed: bytes) -> EngineSources:
        """Write the sources for one model and `board`; `probed` is the first one's output."""

    def fingerprint(self, board: Board) -> str:
        """As Engine's, for this board."""


AnyEngine: TypeAlias = Engine | ProbedEngine


@runtime_checkable
class Configurable(Protocol):
    """What an engine that needs something of the user's is as well."""

    def configured(self, settings: Settings) -> AnyEngine:
        """The engine as these settings make it."""


def engines() -> dict[str, AnyEngine]:
    """Every engine by name."""
    found = cast(list[AnyEngine], collect(hilbench.engines, "ENGINE"))
    return {engine.name: engine for engine in found}


def load_engine(name: str, settings: Settings) -> AnyEngine:
    """Raises UsageError for an unknown name."""
    engine = lookup("engine", name, engines())
    return engine.configured(settings) if isinstance(engine, Configurable) else engine
