"""The rows of one experiment as a figure sees them: models, series, what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from itertools import accumulate

from hilbench.core import hashing
from hilbench.core.text import printable
from hilbench.record.row import Row
from hilbench.report.recorded import Recorded
from hilbench.report.text import shortened, spaced, whole

_REASONS_SHOWN = 4
_TIMES = {"timestamp"}
"""Columns of which no figure shows anything: a job that is repeated changes them alone."""
_REASON_LENGTH = 110


@dataclass(frozen=True)
class Series:
    """What is drawn in one colour and marker: one engine, variant, board and optimisation."""

    engine: str
    variant: str
    board: str
    optimisation: str

    @property
    def place(self) -> tuple[str, str, str]:
        """All but the variant."""
        return self.engine, self.board, self.optimisation


def series_of(row: Row) -> Series:
    return Series(**{each.name: row.named(each.name) for each in fields(Series)})


@dataclass(frozen=True)
class Campaign:
    """`rows` without those of the models in `left_out`, in the order of the jobs.

    `recorded` is what their journal knows beside them.
    """

    title: str
    rows: tuple[Row, ...]
    left_out: tuple[str, ...] = ()
    recorded: Recorded = field(default_factory=Recorded)

    @cached_property
    def models(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(row["model"]) for row in self.rows))

    @cached_property
    def series(self) -> tuple[Series, ...]:
        """Those of failed jobs too, so that a colour does not depend on success."""
        return tuple(dict.fromkeys(series_of(row) for row in self.rows))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Everything that others wrote and a figure may show."""
        shown = ("model", "variant", "engine", "board", "reason", "data", "compiler")
        cells = {str(row[name]) for row in self.rows for name in shown if name in row}
        return (self.title, *sorted(cells), *self.left_out)

    @cached_property
    def digest(self) -> str:
        """Of all that a row can show: whatever has the same rows has it, on another day too."""
        return hashing.of_values(rows=[sorted(lasting(row).items()) for row in self.rows])

    def first(self, most: int) -> Campaign:
        """Whole models of the campaign, as many as have `most` jobs together; 0 is any number."""
        if not most or len(self.rows) <= most:
            return self
        jobs = Counter(str(row["model"]) for row in self.rows)
        sums = accumulate(jobs[model] for model in self.models)
        fitting = {m for m, jobs in zip(self.models, sums, strict=True) if jobs <= most}
        rows = tuple(row for row in self.rows if row["model"] in fitting) or self.rows[:most]
        return replace(self, rows=rows)

    def label(self, series: Series) -> str:
        """Only what tells `series` from the others: "int8 only", "aot on mps2_an386"."""
        return _phrase(**{name: v if differ else "" for name, v, differ in self._parts(series)})

    @cached_property
    def shared(self) -> str:
        """What all series have in common; "" when nothing."""
        if not self.series:
            return ""
        parts = {name: "" if differ else v for name, v, differ in self._parts(self.series[0])}
        return _phrase(**{**parts, "optimisation": ""})  # which the small print says of each engine

    def _parts(self, series: Series) -> list[tuple[str, str, bool]]:
        """Engine, variant, board and optimisation of `series`, and whether they differ in it."""
        return [(name, getattr(series, name), differ) for name, differ in self._differ]

    @cached_property
    def _differ(self) -> list[tuple[str, bool]]:
        names = [each.name for each in fields(Series)]
        return [(name, len({getattr(s, name) for s in self.series}) > 1) for name in names]


def campaign(
    title: str,
    rows: Iterable[Row],
    leave_out: Iterable[str] = (),
    recorded: Recorded | None = None,
) -> Campaign:
    """`left_out` keeps only the models that the rows have."""
    every, unwanted = tuple(rows), set(leave_out)
    kept = tuple(row for row in every if row["model"] not in unwanted)
    gone = dict.fromkeys(str(row["model"]) for row in every if row["model"] in unwanted)
    return Campaign(printable(title), kept, tuple(gone), recorded or Recorded())


def lasting(row: Row) -> dict[str, object]:
    """What of a row is the same when its job is repeated."""
    return {name: value for name, value in row.items() if name not in _TIMES}


def _phrase(engine: str, variant: str, board: str, optimisation: str) -> str:
    what = " ".join(part for part in (engine, spaced(variant), optimisation) if part)
    return f"{what} on {board}" if what and board else what or board


def provenance(rows: Sequence[Row]) -> list[str]:
    """Sentences on what the numbers of `rows` come from: board, engine, compiler, data."""
    return [s for s in (_boards(rows), _compilers(rows), _data(rows)) if s]


def _boards(rows: Sequence[Row]) -> str:
    clocks = dict.fromkeys((str(row["board"]), row.get("clock_hz")) for row in rows)
    named = [board if hz is None else f"{board} at {float(hz) / 1e6:g} MHz" for board, hz in clocks]
    return f"{_plural('Board', named)} {', '.join(named)}." if named else ""


def _compilers(rows: Sequence[Row]) -> str:
    """Engine, compiler and -O level; compilers that differ are said per engine and board."""
    users: dict[str, dict[str, None]] = {}
    for row in rows:
        if compiler := row.get("compiler"):
            how = f"{compiler} {row.named('optimisation')}"
            users.setdefault(how, {})[f"{row['engine']} on {row['board']}"] = None
    if len(users) > 1:
        return "".join(f"{', '.join(who)}: {how}. " for how, who in users.items()).rstrip()
    engines = list(dict.fromkeys(str(row["engine"]) for row in rows))
    compiled = [f"compiled by {how}" for how in users]
    said = ", ".join([*engines, *compiled])
    return f"{_plural('Engine', engines)} {said}." if engines else ""


def _plural(noun: str, things: Sequence[str]) -> str:
    return noun if len(things) == 1 else f"{noun}s"


def _data(rows: Sequence[Row]) -> str:
    models: dict[str, dict[str, None]] = {}
    for row in rows:
        if "synthetic" in (data := str(row.get("data", ""))):
            models.setdefault(data, {})[str(row["model"])] = None
    return " ".join(f"{', '.join(who)}: trained on {data}." for data, who in models.items())


def status_of(row: Row) -> str:
    """In words, for the place where a number would be."""
    return "not measured" if row.ok else spaced(str(row["status"]))


def absences(campaign: Campaign, missing: Sequence[Row]) -> list[str]:
    """A sentence for each job in `missing`, the first few at least, and the models left out."""
    said = [_absence(campaign, row) for row in missing[:_REASONS_SHOWN]]
    if more := len(missing) - len(said):
        said.append(f"{whole(more)} more jobs are not shown; the results file says why.")
    if campaign.left_out:
        said.append(f"Left out by the experiment: {', '.join(campaign.left_out)}.")
    return said


def _absence(campaign: Campaign, row: Row) -> str:
    who = " ".join(p for p in (str(row["model"]), campaign.label(series_of(row))) if p)
    status, reason = status_of(row), str(row.get("reason", ""))
    reason = shortened(reason.removeprefix(status).lstrip(" :"), _REASON_LENGTH)
    return f"Not shown: {who}, {status}{f' ({reason})' if reason else ''}."
