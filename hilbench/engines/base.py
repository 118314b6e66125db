"""What an engine is to the rest of hilbench.

An engine turns a .tflite file into C or C++ sources that implement
firmware/include/engine.h. It is a module or subpackage of hilbench.engines
with an attribute `ENGINE`, found by scanning (docs/adding-an-engine.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, TypeAlias, runtime_checkable

import hilbench.engines
from hilbench.config.board import Board
from hilbench.core import doors
from hilbench.core.artifacts import EngineSources
from hilbench.core.registry import lookup
from hilbench.core.settings import Settings

TrialSources: TypeAlias = Callable[[Path, Board, Path], EngineSources]
"""(tflite, board, out_dir) -> the sources of a firmware that tells what `compile` must know."""


@runtime_checkable
class Engine(Protocol):
    """An engine; methods may be called in any order, any number of times.

    The pipeline calls `supports` for each board when it plans, looks up its
    cache with `fingerprint`, and calls `compile` where the cache has no answer.
    Nothing is kept between calls.
    """

    @property
    def name(self) -> str:
        """As experiments and records spell it."""

    @property
    def description(self) -> str:
        """One line for `hilbench list engines`."""

    @property
    def trial(self) -> TrialSources | None:
        """What must run once before `compile` can: None for an engine that needs no such trial.

        The pipeline builds the sources for an emulated board with the CPU of the
        job's board, runs the image, and hands its only output to `compile`.
        """

    def supports(self, board: Board) -> bool:
        """Whether the engine has code for the board's CPU.

        Raises Skipped where something of the user's is not configured, JobError
        where it is, but unusable.
        """

    def compile(self, tflite: Path, board: Board, out_dir: Path, reported: bytes) -> EngineSources:
        """Write the sources for one model into `out_dir`, an existing folder.

        `reported` is what the trial's firmware said, b"" without a trial. The
        same arguments give the same bytes. Raises FormatError for a broken
        .tflite, Unsupported for an operator, type or option that the engine
        cannot run (named, and before a compiler is started), MissingTool if
        the engine needs something that is not installed.
        """

    def fingerprint(self, board: Board) -> str:
        """Hash of everything but the .tflite and `reported` that decides what the firmware does.

        Boards for which it is the same share what `compile` wrote.
        """


def found_engines() -> Mapping[str, doors.Found[Engine]]:
    """Every engine by name, with where it is from. Raises UsageError for two of one name."""
    there = doors.objects("engines", hilbench.engines, "ENGINE", Engine)
    return doors.by_name("engines", there)


def engines() -> dict[str, Engine]:
    """Every engine by name. Raises UsageError where two have one name."""
    return doors.things(found_engines())


@runtime_checkable
class Configurable(Protocol):
    """What an engine that needs something of the user's is as well."""

    def configured(self, settings: Settings) -> Engine:
        """The engine as these settings make it."""


def load_engine(name: str, settings: Settings) -> Engine:
    """Raises UsageError for an unknown name."""
    engine = lookup("engine", name, engines())
    return engine.configured(settings) if isinstance(engine, Configurable) else engine
