"""Where the time of one inference goes, on an emulated board."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hilbench.core import processes
from hilbench.core.artifacts import EngineSources, OperatorLines
from hilbench.core.deadline import Deadline
from hilbench.core.errors import TargetError
from hilbench.core.owner import Owner
from hilbench.core.settings import Settings
from hilbench.core.store import Store
from hilbench.cycles import profile
from hilbench.cycles.profile import Entry
from hilbench.cycles.windows import Window
from hilbench.image import elf
from hilbench.pipeline import tools
from hilbench.pipeline.events import Observer
from hilbench.pipeline.measuring import Measured
from hilbench.pipeline.selection import Selection
from hilbench.pipeline.stages import Prepared, Stages
from hilbench.record.journal import Part
from hilbench.record.journal import Profile as Kept

_LEAST_SHARE = 0.001
"""Of the cycles, for a function to be kept."""
_LINE = re.compile(r" at (\S+):(\d+)$")


@dataclass(frozen=True)
class Line:
    """A row of a profile, per inference.

    `count` is how many operators it stands for, 0 for a function; `share` is of all cycles;
    `macs` is None where nothing is multiplied.
    """

    name: str
    count: int
    instructions: int
    cycles: int
    share: float
    macs: int | None = None

    @property
    def cycles_per_mac(self) -> float | None:
        return self.cycles / self.macs if self.macs else None


@dataclass(frozen=True)
class Profile:
    """One steady inference. `operators` is empty for an engine that calls all from one place.

    `stacks` are lines of "caller;callee cycles" for flame-graph tools; `model` says what the
    cycles are those of. Where it is "" nothing is timed: every cycle is an instruction, and `ms`
    is None.
    """

    job: str
    model: str
    ms: float | None
    instructions: int
    cycles: int
    operators: tuple[Line, ...]
    functions: tuple[Line, ...]
    stacks: str


def run_job(selected: Selection, settings: Settings, owner: Owner, emit: Observer) -> Profile:
    """Prepare and measure the one job that is selected, and say where its time goes.

    Raises TargetError for a board without counts, MissingTool, StoreError, Interrupted, and
    what the stages raise.
    """
    (job,) = selected.jobs
    tools.require(selected.jobs)
    stages = Stages(Store(settings.cache, owner=owner), owner)
    prepared = stages.prepare(job, emit)
    measured = stages.measure(prepared, emit)
    if measured.counts is None:
        reason = measured.watch.reason or "it is not emulated"
        raise TargetError(f"{job.board.name} has no profile: {reason}")
    return _profile(prepared, measured, measured.counts.repetitions[0], owner)


def kept(prepared: Prepared, measured: Measured, owner: Owner) -> Kept | None:
    """The profile of a measurement for the journal; None where nothing was counted."""
    if measured.counts is None:
        return None
    found = _profile(prepared, measured, measured.counts.repetitions[0], owner)
    functions = [line for line in found.functions if line.share >= _LEAST_SHARE]
    return Kept(
        tuple(
            Part(line.name, line.count, line.instructions, line.cycles, line.macs)
            for line in (*found.operators, *functions)
        )
    )


def _profile(prepared: Prepared, measured: Measured, window: Window, owner: Owner) -> Profile:
    iterations = measured.measurement.iterations
    demangler = prepared.job.board.family.toolchain.demangler
    names = _demangled(demangler, measured.watch.functions, owner)
    label = operator_labels(prepared.firmware.elf, prepared.sources)
    sites = profile.by_site(window, label)
    functions = [_line(entry, iterations) for entry in profile.by_function(window, names)]
    return Profile(
        job=prepared.job.id,
        model=measured.watch.model,
        ms=window.cycles / iterations / prepared.job.board.clock_hz * 1e3
        if measured.watch.model
        else None,
        instructions=round(window.instructions / iterations),
        cycles=round(window.cycles / iterations),
        operators=tuple(_operators(sites, prepared.sources.operators, iterations)),
        functions=tuple(functions),
        stacks=profile.collapsed(window, names),
    )


def _line(entry: Entry, iterations: int) -> Line:
    return Line(
        name=entry.name,
        count=0,
        instructions=round(entry.instructions / iterations),
        cycles=round(entry.cycles / iterations),
        share=entry.share,
    )


def _operators(
    entries: Iterable[Entry], known: Sequence[OperatorLines], iterations: int
) -> list[Line]:
    """Operators of one kind are one line, most cycles first; an entry names one of `known`."""
    kinds: dict[str, list[tuple[Entry, OperatorLines]]] = {}
    for entry in entries:
        lines = known[int(entry.name)]
        kinds.setdefault(lines.operator, []).append((entry, lines))
    found = []
    for name, same in kinds.items():
        macs = [lines.macs for _, lines in same]
        found.append(
            Line(
                name=name,
                count=sum(lines.count for _, lines in same),
                instructions=round(sum(entry.instructions for entry, _ in same) / iterations),
                cycles=round(sum(entry.cycles for entry, _ in same) / iterations),
                share=sum(entry.share for entry, _ in same),
                macs=None if None in macs else sum(each or 0 for each in macs) or None,
            )
        )
    return sorted(found, key=lambda line: (-line.cycles, line.name))


def operator_labels(firmware: Path, sources: EngineSources) -> Callable[[int], str]:
    """From the address of a call to the place of its operator in `sources.operators`, in digits.

    "" for calls of other code.
    """
    lines = {
        (each.source, line): str(place)
        for place, each in enumerate(sources.operators)
        for line in range(each.first, each.last + 1)
    }
    locate = elf.locator(firmware)

    @cache
    def label(site: int) -> str:
        found = _LINE.search(locate(site))
        return lines.get((found[1], int(found[2])), "") if found else ""

    return label


def _demangled(demangler: str, names: Sequence[str], owner: Owner) -> tuple[str, ...]:
    """C++ names as written, without parameters; unchanged where the demangler is missing."""
    mangled = [name for name in names if name.startswith("_Z")]
    if not mangled:
        return tuple(names)
    with processes.temporary_folder() as folder:
        deadline = Deadline.after(30, "demangling", owner)
        done = processes.run([demangler, "-p", *mangled], folder / "log", deadline)
    plain = dict(zip(mangled, done.log.splitlines(), strict=False))
    return tuple(plain.get(name, name) for name in names)
