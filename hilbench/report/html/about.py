"""What the journal tells of one job, as plain values: its stages, its profile, its logs."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hilbench.core import files
from hilbench.record.journal import Part
from hilbench.record.journal.details import Details
from hilbench.record.row import Row
from hilbench.report.text import NONE, short, whole

_FUNCTIONS, _BRIEF = 8, 4
"""Lines of a profile: by function, and of either where a page of many jobs is to stay small."""
_TAIL_BYTES, _TAIL_LINES, _LOGS = 16_384, 40, 4


@dataclass(frozen=True)
class Stage:
    name: str
    took: str


@dataclass(frozen=True)
class Line:
    """Of a profile; `share` is of the whole inference, in percent."""

    name: str
    count: str
    cost: str
    share: str
    macs: str
    per_mac: str


@dataclass(frozen=True)
class Profile:
    """`unit` is what is counted; by `operators` and by `functions`, of which there may be none."""

    unit: str
    operators: tuple[Line, ...]
    functions: tuple[Line, ...]


@dataclass(frozen=True)
class Log:
    """The end of a file of `name`."""

    name: str
    text: str


@dataclass(frozen=True)
class About:
    """`took` is the sum of the stages, "" where none is known; `logs` are those of a failure."""

    stages: tuple[Stage, ...] = ()
    took: str = ""
    profile: Profile | None = None
    log_dir: str = ""
    logs: tuple[Log, ...] = ()


def about(row: Row, details: Details | None, logs: Path | None, brief: bool = False) -> About:
    """Nothing where the journal does not know `row`. A log folder is read below `logs` alone.

    A `brief` profile has the most expensive operators, or functions where there are none.
    """
    if details is None:
        return About()
    took = sum(stage.seconds for stage in details.stages)
    return About(
        tuple(
            Stage(s.name, _seconds(s.seconds) + (", from the cache" if s.cached else ""))
            for s in details.stages
        ),
        _seconds(took) if details.stages else "",
        _profile(row, details, brief),
        details.log_dir,
        tuple(_tails(Path(details.log_dir), logs)) if details.log_dir and logs else (),
    )


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s"


def _profile(row: Row, details: Details, brief: bool) -> Profile | None:
    if details.profile is None:
        return None
    timed = row.get("exe_kind") == "modelled"
    every = float(row.get("exe_cycles" if timed else "exe_instructions", 0))

    def lines(parts: Sequence[Part]) -> tuple[Line, ...]:
        return tuple(_line(part, part.cycles if timed else part.instructions, every)
                     for part in parts)  # fmt: skip

    unit = "cycles (modelled)" if timed else "instructions"
    operators, functions = details.profile.operators, details.profile.functions[:_FUNCTIONS]
    if brief:
        operators, functions = operators[:_BRIEF], () if operators else functions[:_BRIEF]
    return Profile(unit, lines(operators), lines(functions))


def _line(part: Part, cost: int, every: float) -> Line:
    return Line(
        part.name, whole(part.operators), whole(cost),
        f"{100 * cost / every:.1f}" if every else NONE,
        whole(part.macs) if part.macs else NONE, short(cost / part.macs) if part.macs else NONE,
    )  # fmt: skip


def _tails(folder: Path, below: Path) -> list[Log]:
    """Ends of the logs in a folder; none of one that somebody else's journal points to."""
    with suppress(OSError, ValueError):
        real = folder.resolve()
        if real.is_relative_to(below.resolve()):
            paths = sorted(real.glob("*.log"), key=lambda path: (path.name != "job.log", path.name))
            return [log for path in paths[:_LOGS] if (log := _tail(path)) is not None]
    return []


def _tail(path: Path) -> Log | None:
    if path.is_symlink():
        return None
    try:
        text = files.tail(path, _TAIL_BYTES).decode(errors="replace")
    except OSError:
        return None
    lines = text.splitlines()
    return Log(path.name, "\n".join(lines[-_TAIL_LINES:])) if lines else None
