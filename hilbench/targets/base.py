"""What drives a board: the contract, and the table of targets.

    target = target_for(board, settings)
    with target.start(elf, board, run_dir, deadline) as running:
        measurement = session.benchmark(running.stream, ...)

Call order. `start` loads and starts the image and opens its console; nothing the
firmware says is lost. Inside the `with`, `stream` is used. Leaving it, on any
path, ends what was started and closes the port. A LinkError or DeadlineExceeded
that leaves the block becomes a TargetError when the target itself has died, as
that is the reason; its log stays in `run_dir`.

Errors. `start` raises MissingTool for a program that is not installed and
TargetError when the target does not come up.

To add a target, add a module to this package whose TARGET makes one from the settings.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, TypeAlias, cast, runtime_checkable

import hilbench.targets
from hilbench.config.bench import load_bench
from hilbench.config.board import Board
from hilbench.core.artifacts import BenchUse, ByteStream
from hilbench.core.deadline import Deadline
from hilbench.core.registry import collect, lookup
from hilbench.core.settings import Settings
from hilbench.cycles.watch import Watch


class Running(Protocol):
    """A started image."""

    @property
    def stream(self) -> ByteStream:
        """The console: pyserial's Serial, whether board or emulator."""

    def diagnose(self) -> str:
        """Why the target ended, in one line; "" while it runs."""


@runtime_checkable
class Watched(Protocol):
    """What an emulator's Running is as well: counts of each invocation."""

    @property
    def watch(self) -> Watch: ...


@runtime_checkable
class OnBench(Protocol):
    """What the Running of a board of the bench is as well."""

    @property
    def use(self) -> BenchUse: ...


@runtime_checkable
class Recounted(Protocol):
    """An emulator's Running on which the board's counter counts something else."""

    @property
    def counter_unit(self) -> str: ...


class Target(Protocol):
    """Drives every board whose `target.kind` is `kind`."""

    @property
    def kind(self) -> str: ...

    def start(
        self, elf: Path, board: Board, run_dir: Path, deadline: Deadline
    ) -> AbstractContextManager[Running]: ...


Maker: TypeAlias = Callable[[Settings], Target]


def targets(settings: Settings) -> dict[str, Target]:
    """Every target by kind."""
    makers = cast(list[Maker], collect(hilbench.targets, "TARGET"))
    made = [make(settings) for make in makers]
    return {target.kind: target for target in made}


def target_for(board: Board, settings: Settings) -> Target:
    """The target that drives `board`: what the bench file says, else the board itself.

    Raises UsageError if there is none, SpecError for a wrong bench file.
    """
    kind = load_bench(settings.bench).target(board.name) or board.target.kind
    return lookup("target", kind, targets(settings))
