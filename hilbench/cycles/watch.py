"""Watching an emulated board: counts, modelled cycles and call paths of each invocation.

    model = cycle_model(board)
    watch = prepare(elf, board, model, run_dir, cache, deadline)
    target.start(..., options=watch.options())
    counts = watch.counts(warmups, repetitions, samples)

Where the plugin cannot be had, `watch.reason` says why, there are no arguments and no counts.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hilbench.config.board import Board
from hilbench.config.chip import Chip, MemoryTiming, load_chip, memory_timing
from hilbench.config.core import Core, load_core
from hilbench.core.artifacts import EmulatorOptions
from hilbench.core.deadline import Deadline
from hilbench.core.errors import TargetError
from hilbench.core.store import Store
from hilbench.cycles import config, layout, shared_object, windows
from hilbench.cycles.layout import Layout
from hilbench.cycles.windows import Window

SELF_TEST_WINDOWS = 2
"""The self-test of the bench loop measures nothing and then a loop."""


@dataclass(frozen=True)
class CycleModel:
    """What cycles are computed from: a chip, its core, and its memory as a board runs it."""

    chip: Chip
    core: Core
    memory: MemoryTiming


def cycle_model(board: Board) -> CycleModel | None:
    """The model of the chip that a board names, None if it names none.

    Raises UsageError for an unknown chip or core, SpecError for a wrong file or clock.
    """
    if board.chip is None:
        return None
    chip = load_chip(board.chip.name)
    return CycleModel(chip, load_core(chip.core), memory_timing(chip, board.chip, board.clock_hz))


@dataclass(frozen=True)
class Watch:
    """A plugin that is ready to be loaded, or the reason why it is not.

    `reads` are the files that `arguments` name. `functions[f]` is the name of what
    `Call.function` calls f; `model` says in words what the cycles are those of, nothing where a
    cycle is an instruction.
    """

    arguments: tuple[str, ...] = ()
    reads: tuple[Path, ...] = ()
    functions: tuple[str, ...] = ()
    output: Path | None = None
    model: str = ""
    reason: str = ""

    def options(self) -> EmulatorOptions:
        """What the emulator is started with; the file that the plugin writes is made here."""
        if self.output is None:
            return EmulatorOptions()
        self.output.touch()
        return EmulatorOptions(self.arguments, self.reads, (self.output,))

    def windows(self) -> tuple[Window, ...]:
        """What was counted so far. Raises TargetError."""
        return windows.read(self.output) if self.output else ()

    def counts(self, warmups: int, repetitions: int, samples: int) -> Counts | None:
        """The windows of a session that has ended, None without the plugin. Raises TargetError.

        Without repetitions the samples are those: the steps of a stream.
        """
        return sort(self.windows(), warmups, repetitions, samples) if self.output else None


@dataclass(frozen=True)
class Counts:
    """The windows of one session, by what they were for.

    A repetition covers all of its iterations, every other window one invocation.
    """

    cold: Window
    repetitions: tuple[Window, ...]
    samples: tuple[Window, ...]


def prepare(
    elf: Path,
    board: Board,
    model: CycleModel | None,
    run_dir: Path,
    store: Store,
    deadline: Deadline,
) -> Watch:
    """Prepare to watch one run of `elf`; files go to `run_dir`, the plugin lies in `store`.

    Without a model instructions are counted and nothing is timed. An image without bench loop, or
    of a family that the plugin does not read, cannot be watched. Raises DeadlineExceeded.
    """
    plugin = _plugin(board, store, deadline)
    if plugin.path is None:
        return Watch(reason=plugin.reason)
    try:
        found = layout.read(elf, board)
    except TargetError as error:
        return Watch(reason=error.message)
    return _prepared(plugin.path, found, board, model, run_dir)


def prepare_each(
    elf: Path,
    board: Board,
    models: Sequence[CycleModel],
    run_dir: Path,
    store: Store,
    deadline: Deadline,
) -> tuple[Watch, ...]:
    """Prepare to watch one run of `elf` by several models at once; `merged` loads them all.

    The loader gives one plugin to whoever names the same file, so that each has a copy. Raises
    TargetError where there is no plugin or the image has no bench loop, DeadlineExceeded.
    """
    plugin = _plugin(board, store, deadline)
    if plugin.path is None:
        raise TargetError(f"the cycle model cannot run: {plugin.reason}")
    found = layout.read(elf, board)
    watches = []
    for number, model in enumerate(models):
        folder = run_dir / f"model{number}"
        folder.mkdir()
        own = shutil.copy(plugin.path, folder / plugin.path.name)
        watches.append(_prepared(Path(own), found, board, model, folder))
    return tuple(watches)


def merged(watches: Sequence[Watch]) -> EmulatorOptions:
    """What an emulator is started with to be watched by all of them."""
    each = [watch.options() for watch in watches]
    return EmulatorOptions(
        arguments=tuple(argument for options in each for argument in options.arguments),
        reads=tuple(path for options in each for path in options.reads),
        writes=tuple(path for options in each for path in options.writes),
    )


def _plugin(board: Board, store: Store, deadline: Deadline) -> shared_object.Plugin:
    """That of the board's emulator, or the reason why there is none."""
    family = board.family
    if family.emulator is None or not family.decoder:
        reason = f"the plugin does not read instructions of '{family.name}'"
        return shared_object.Plugin(None, reason)
    return shared_object.ensure_plugin(store, family.emulator, deadline)


_SECRET_BYTES = 16
"""Of a name that firmware cannot guess: by semihosting it could write what the emulator may."""


def _prepared(
    plugin: Path, found: Layout, board: Board, model: CycleModel | None, folder: Path
) -> Watch:
    private = folder / secrets.token_hex(_SECRET_BYTES)
    private.mkdir()
    output, settings = private / "windows.jsonl", private / "plugin.conf"
    core, memory = (model.core, model.memory) if model else (None, MemoryTiming())
    config.write(settings, core, memory, found.image, output, board.family.decoder)
    return Watch(
        arguments=tuple(config.arguments(plugin, settings)),
        reads=(plugin, settings),
        functions=found.names,
        output=output,
        model=_words(model, board) if model else "",
        reason="" if model else "board.yaml names no chip: counted, not timed",
    )


def _words(model: CycleModel, board: Board) -> str:
    return f"{model.chip.name} at {board.clock_hz / 1e6:g} MHz: {model.memory.describe()}"


def sort(found: tuple[Window, ...], warmups: int, repetitions: int, samples: int) -> Counts:
    """Tell windows apart by their order (link.session: self-test, cold, warm-ups, repetitions,
    samples).

    Raises TargetError when there are more or fewer than such a session has.
    """
    expected = SELF_TEST_WINDOWS + 1 + warmups + repetitions + samples
    if len(found) != expected:
        raise TargetError(f"the plugin saw {len(found)} windows, {expected} were expected")
    first = SELF_TEST_WINDOWS + 1 + warmups
    last = found[first + repetitions :]
    return Counts(
        cold=found[SELF_TEST_WINDOWS],
        repetitions=found[first : first + repetitions] or last,
        samples=last,
    )
