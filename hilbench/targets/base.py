"""What drives a board: the contract, and the table of targets.

    with target.reserve(board, attached, waiting) as place:
        with target.start(elf, board, run_dir, deadline, at=place) as running:
            measurement = session.benchmark(running.stream, ...)

Call order. `check` says whether the board can run here at all. `reserve` waits until a
board is free, with a deadline of its own; an emulator always is. `start` loads and
starts the image and opens its console; nothing the firmware says is lost. Inside the
`with`, `stream` is used. Leaving it, on any path, ends what was started and closes
the port. A LinkError or DeadlineExceeded
that leaves the block becomes a TargetError when the target itself has died, as
that is the reason; its log stays in `run_dir`.

Errors. `start` raises MissingTool for a program that is not installed and
TargetError when the target does not come up.

To add a target, add a module to this package whose TARGET makes one from the settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeAlias, runtime_checkable

import hilbench.targets
from hilbench.config.bench import Attachment
from hilbench.config.board import Board
from hilbench.core import doors
from hilbench.core.artifacts import ByteStream, EmulatorOptions, RunFacts
from hilbench.core.deadline import Deadline
from hilbench.core.settings import Settings


@dataclass(frozen=True)
class Place:
    """Where a job runs: a board of the bench that is this job's alone, or an emulator (None).

    `note` is what the record must know of how the board was obtained.
    """

    attachment: Attachment | None = None
    note: str = ""


EMULATOR = Place()
NO_OPTIONS = EmulatorOptions()


class Running(Protocol):
    """A started image."""

    @property
    def stream(self) -> ByteStream:
        """The console: pyserial's Serial, whether board or emulator."""

    @property
    def facts(self) -> RunFacts:
        """What the target knows of this run."""

    def diagnose(self) -> str:
        """Why the target ended, in one line; "" while it runs."""


@runtime_checkable
class Target(Protocol):
    """Drives every board whose `target.kind`, or entry in the bench file, says `kind`."""

    @property
    def kind(self) -> str: ...

    def check(self, board: Board, attached: Sequence[Attachment]) -> None:
        """Raise JobError where no job of the board can run here.

        `attached` are the bench file's boards of this kind.
        """

    def reserve(
        self, board: Board, attached: Sequence[Attachment], deadline: Deadline
    ) -> AbstractContextManager[Place]:
        """One of `attached`, or an emulator, for one job. Raises TargetError when none is free."""

    def start(
        self,
        elf: Path,
        board: Board,
        run_dir: Path,
        deadline: Deadline,
        *,
        at: Place = EMULATOR,
        options: EmulatorOptions = NO_OPTIONS,
    ) -> AbstractContextManager[Running]:
        """Load and start the image. An emulator gets `options` besides its own."""


@contextmanager
def anywhere(board: Board, attached: Sequence[Attachment], deadline: Deadline) -> Iterator[Place]:
    """`Target.reserve` of an emulator, of which there are as many as are asked for."""
    del board, attached, deadline
    yield EMULATOR


Maker: TypeAlias = Callable[[Settings], Target]


def found_targets(settings: Settings) -> Mapping[str, doors.Found[Target]]:
    """Every target by kind. Raises UsageError where two have one."""
    found = doors.objects("targets", hilbench.targets, "TARGET", Callable)
    made = [replace(each, thing=_made(each, settings)) for each in found]
    there = (each for each in made if each.thing and doors.fits(each, "TARGET", Target))
    return doors.by_name("targets", (replace(each, name=each.thing.kind) for each in there))


def _made(found: doors.Found[Maker], settings: Settings) -> object:
    """None where its author's code fails, with a warning."""
    try:
        return found.thing(settings)
    except Exception as error:
        if found.origin == doors.OWN:
            raise
        doors.left_out(found, f"TARGET: {type(error).__name__}: {error}")
        return None


def targets(settings: Settings) -> dict[str, Target]:
    return doors.things(found_targets(settings))
