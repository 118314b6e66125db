"""One measurement, on the computer that has the board: this one, or one of a farm.

    request = Request(...)                      what was prepared, as far as a board needs it
    measured = Here(store, owner).measure(station, request, elf, emit)

A request says nothing of this computer: the image goes with it as a file of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from hilbench.core import extras
from hilbench.core.artifacts import Measurement, RunFacts
from hilbench.core.deadline import Deadline
from hilbench.core.errors import TargetError
from hilbench.core.owner import Owner
from hilbench.core.store import Store
from hilbench.cycles import shared_object, watch
from hilbench.cycles.watch import Counts, Watch
from hilbench.image import elf
from hilbench.link.identity import Expected
from hilbench.link.session import Schedule, benchmark
from hilbench.pipeline import logs, uncertainty
from hilbench.pipeline.events import Observer
from hilbench.pipeline.plan import Station
from hilbench.pipeline.staging import Staging
from hilbench.pipeline.tools import target_version
from hilbench.pipeline.uncertainty import Bounds, Invocation
from hilbench.targets.base import Place


@dataclass(frozen=True)
class Request:
    """What is measured. `inputs[sample][tensor]` are bytes, `expected` is what the firmware must
    say of itself; waiting for a board has a limit of its own. `bounds` asks how sure a modelled
    time is.
    """

    job: str
    inputs: tuple[tuple[bytes, ...], ...]
    schedule: Schedule
    expected: Expected
    wait_seconds: float
    measure_seconds: float
    bounds: bool = False


@dataclass(frozen=True)
class Measured:
    """What a board gave, and what drove it. `counter_unit` is what the ticks count, `bounds` are
    those of modelled times where they were asked for."""

    measurement: Measurement
    target: str
    facts: RunFacts
    counter_unit: str
    counts: Counts | None
    watch: Watch
    bounds: Bounds | None = None


@dataclass(frozen=True)
class Drivers:
    """What drives a station, as far as it may decide a number: versions of the programs of each
    kind of target, and the plugin that counts, by the key of its cache entry, or why none does."""

    versions: tuple[str, ...]
    pyserial: str | None
    plugin: str


class Site(Protocol):
    """Where jobs are measured."""

    def drivers(self, at: Station) -> Drivers: ...

    def lanes(self, at: Station) -> int:
        """How many jobs of a station are measured at a time, in queues of their own; 0 where
        whoever prepared a job measures it."""

    def measure(self, at: Station, request: Request, firmware: Path, emit: Observer) -> Measured:
        """Run the firmware on its board. Raises JobError, MissingTool, Interrupted."""


class Here:
    """This computer; safe to use from several threads."""

    def __init__(self, store: Store, owner: Owner) -> None:
        self._store, self._owner = store, owner

    def drivers(self, at: Station) -> Drivers:
        family = at.board.family.name
        versions = tuple(target_version(kind, family) for kind in sorted(at.kinds))
        return Drivers(versions, extras.version("pyserial"), self._plugin(at))

    def lanes(self, at: Station) -> int:
        return at.lanes

    def measure(self, at: Station, request: Request, firmware: Path, emit: Observer) -> Measured:
        with self._reserved(at, request, emit) as place:
            scratch = self._store.scratch("measure", request.job.replace("/", "."))
            with (
                Staging.announced(request.job, "measure", emit),
                scratch as folder,
                logs.kept(folder),
            ):
                deadline = Deadline.after(request.measure_seconds, "measure", self._owner)
                return self._run(at, request, firmware, place, folder, deadline)

    @contextmanager
    def _reserved(self, at: Station, request: Request, emit: Observer) -> Iterator[Place]:
        with ExitStack() as stack:
            with Staging.announced(request.job, "wait", emit):
                waiting = Deadline.after(request.wait_seconds, "wait", self._owner)
                try:
                    place = stack.enter_context(at.target.reserve(at.board, at.attached, waiting))
                except OSError as error:
                    raise TargetError(f"wait failed: {error}") from error
            yield place

    def _run(
        self,
        at: Station,
        request: Request,
        firmware: Path,
        place: Place,
        folder: Path,
        deadline: Deadline,
    ) -> Measured:
        schedule = request.schedule
        watched = self._watch(at, firmware, folder, deadline)
        start = partial(at.target.start, at=place, options=watched.options())
        with start(firmware, at.board, folder, deadline) as running:
            facts = running.facts
            measurement = benchmark(
                running.stream,
                request.inputs,
                schedule,
                deadline,
                elf.locator(firmware),
                patience=facts.patience,
                expected=request.expected,
                faults=at.board.family.faults,
            )
            watched = watched if facts.emulator_options else Watch()
            counts = watched.counts(schedule.warmups, schedule.repeated, len(request.inputs))
        again = Invocation(at, place, firmware, request.inputs[0], request.expected)
        return Measured(
            measurement=measurement,
            target=target_version(at.target.kind, at.board.family.name),
            facts=facts,
            counter_unit=facts.counter_unit or at.board.counter.unit,
            counts=counts,
            watch=watched,
            bounds=self._bounds(again, counts, folder, deadline) if request.bounds else None,
        )

    def _bounds(
        self, again: Invocation, counts: Counts | None, folder: Path, deadline: Deadline
    ) -> Bounds | None:
        """How sure the modelled time is, where one is modelled."""
        model = again.at.cycle_model
        if counts is None or model is None:
            return None
        inside = folder / "uncertainty"
        inside.mkdir()
        return uncertainty.of(again, model, counts.cold, inside, self._store, deadline)

    def _watch(self, at: Station, firmware: Path, folder: Path, deadline: Deadline) -> Watch:
        """What the plugin is to watch; nothing where no emulator can load it."""
        if not at.emulated:
            return Watch()
        return watch.prepare(firmware, at.board, at.cycle_model, folder, self._store, deadline)

    def _plugin(self, at: Station) -> str:
        emulator = at.board.family.emulator
        if not at.emulated or emulator is None:
            return "not watched"
        limit = Deadline.after(PLUGIN_SECONDS, "build", self._owner)
        found = shared_object.ensure_plugin(self._store, emulator, limit)
        return found.path.parent.name if found.path else found.reason


PLUGIN_SECONDS = 300.0
"""To compile the plugin, once."""
