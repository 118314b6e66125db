"""Two campaigns job by job: what became worse, what better, and what cannot be said.

Counts of emulated boards, sizes and errors are exact: any change is a change. Times of real boards
spread: medians of their repetitions are compared by the Mann-Whitney U test (two-sided), with
Holm's correction for the number of jobs, S. Holm 1979; the interval of a change is a percentile
bootstrap of the ratio of medians, B. Efron 1979.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import comb
from statistics import median

from hilbench.config.limits import Limits
from hilbench.core import extras
from hilbench.core.errors import UsageError
from hilbench.core.text import one_line
from hilbench.record.journal import Profile
from hilbench.record.metrics import BY_NAME, METRICS, Value
from hilbench.record.row import IDENTITY, Row

ALPHA = 0.05
"""How often, of campaigns in which nothing changed, one may be called changed."""
RESAMPLES = 2000

JUDGED = {metric.name: metric.sign for metric in METRICS if metric.better}
"""The columns of which there is a verdict, and the sign with which less of it is better."""

WORSE, BETTER, SAME = "worse", "better", "same"
SAMPLES, INCOMPARABLE, MISSING, NEW = "needs samples", "not comparable", "missing", "new"
VERDICTS = (WORSE, BETTER, SAME, SAMPLES, INCOMPARABLE, MISSING, NEW)
FAILING = {
    "worse": WORSE,
    "better": BETTER,
    "missing": MISSING,
    "samples": SAMPLES,
    "incomparable": INCOMPARABLE,
}
"""What a comparison can be told to fail on, in one word each."""

_MADE_BY = ("compiler", "library", "optimisation")
_BUILD = "library_build"
_MUST_AGREE = {
    "instructions": (*_MADE_BY, "exe_kind", "exe_window"),
    "cycles": (*_MADE_BY, "exe_kind", "exe_window", "cycle_model", "clock_hz", "counter", "chip"),
    "memory": _MADE_BY,
    "accuracy": ("data", "samples", "reference"),
}
"""By kind of metric: columns that have to say the same on both sides."""


@dataclass(frozen=True)
class Side:
    """Rows by job, and of some jobs what each repetition took, and where the time went."""

    name: str
    rows: Mapping[str, Row]
    counts: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One metric of one job on both sides. `interval` is of the relative change, at 95 %.

    `parts` are operators (functions where all run from one place) with what they took before and
    after, the largest change first, where both sides were counted.
    """

    job: str
    metric: str
    before: float | None
    after: float | None
    verdict: str
    note: str = ""
    interval: tuple[float, float] | None = None
    p: float | None = None
    parts: tuple[tuple[str, int, int], ...] = ()

    @property
    def relative(self) -> float | None:
        """after / before - 1."""
        if self.before is None or self.after is None or not self.before:
            return None
        return self.after / self.before - 1

    @property
    def said(self) -> str:
        """ "exe_cycles worse: 100 to 103 (+3%), p = 0.01" """
        numbers = [f"{value:.10g}" for value in (self.before, self.after) if value is not None]
        change = "" if self.relative is None else f" ({100 * self.relative:+.3g}%)"
        figures = f": {' to '.join(numbers)}{change}" if numbers else ""
        note = f", {one_line(self.note)}" if self.note else ""
        return f"{self.metric} {self.verdict}".strip() + figures + note


def compare(
    before: Side, after: Side, limits: Limits, across: Collection[str] = ()
) -> list[Change]:
    """Every judged metric of every job. `across` are columns that may differ.

    Raises UsageError when no job is on both sides.
    """
    after = _at_other_levels(before, after)
    common = [job for job in before.rows if job in after.rows]
    if not common:
        raise UsageError(
            f"{before.name} and {after.name} have no job in common",
            remedy="`hilbench table` lists the jobs of a results file",
        )
    changes: list[Change] = []
    for job in common:
        changes += _job(job, before, after, limits, across)
    changes = [_explained(each, before, after) for each in changes]
    changes = _statistics(changes, before, after, limits)
    changes += [
        Change(job, "", None, None, MISSING) for job in before.rows if job not in after.rows
    ]
    changes += [Change(job, "", None, None, NEW) for job in after.rows if job not in before.rows]
    return changes


def _at_other_levels(before: Side, after: Side) -> Side:
    """`after`; a job that was compiled at another level alone goes by its name in `before`."""
    here = _by_cell(before.rows)
    there = _by_cell({job: row for job, row in after.rows.items() if job not in before.rows})
    names = {
        others[0]: jobs[0]
        for cell, others in there.items()
        if len(others) == len(jobs := here.get(cell, [])) == 1 and jobs[0] not in after.rows
    }
    rows = {names.get(job, job): row for job, row in after.rows.items()}
    return replace(
        after,
        rows=rows,
        counts={names.get(job, job): each for job, each in after.counts.items()},
        profiles={names.get(job, job): each for job, each in after.profiles.items()},
    )


def _by_cell(rows: Mapping[str, Row]) -> dict[tuple[Value, ...], list[str]]:
    """The jobs that are one at whatever level."""
    found: dict[tuple[Value, ...], list[str]] = {}
    for job, row in rows.items():
        cell = tuple(row[name] for name in IDENTITY if name != "optimisation")
        found.setdefault(cell, []).append(job)
    return found


def counted(changes: Sequence[Change]) -> str:
    """ "2 worse, 14 same" """
    found = Counter(change.verdict for change in changes)
    return ", ".join(f"{found[verdict]:,} {verdict}" for verdict in VERDICTS if found[verdict])


def _job(
    job: str, before: Side, after: Side, limits: Limits, across: Collection[str]
) -> list[Change]:
    first, second = before.rows[job], after.rows[job]
    if not (first.ok and second.ok):
        if first.ok:
            return [Change(job, "status", None, None, WORSE, _ended(second))]
        return [Change(job, "status", None, None, BETTER if second.ok else SAME, _ended(first))]
    changes = []
    for name in JUDGED:
        if name in first and name in second:
            changes.append(_metric(job, name, first, second, limits, across))
        elif name in first:
            changes.append(Change(job, name, float(first[name]), None, INCOMPARABLE, "no longer"))
    return changes


def _ended(row: Row) -> str:
    return f"{row['status']}: {row.get('reason', '')}"


def _metric(
    job: str, name: str, first: Row, second: Row, limits: Limits, across: Collection[str]
) -> Change:
    old, new = float(first[name]), float(second[name])
    for column in _MUST_AGREE[BY_NAME[name].kind]:
        if _said(column, first) != _said(column, second) and column not in across:
            return Change(job, name, old, new, INCOMPARABLE, _difference(column, first, second))
    worse_by = JUDGED[name] * (new - old)
    if worse_by > 0 and not limits.of(name, str(first["model"])).allows(old, worse_by):
        return Change(job, name, old, new, WORSE)
    return Change(job, name, old, new, BETTER if worse_by < 0 else SAME)


_COUNTED = {"exe_cycles": "cycles", "exe_ms": "cycles", "exe_instructions": "instructions"}
"""Metrics that a profile divides among operators, and what of it."""
_NAMED = 3


def _explained(change: Change, before: Side, after: Side) -> Change:
    """With the operators that made the difference."""
    unit = _COUNTED.get(change.metric)
    first, second = before.profiles.get(change.job), after.profiles.get(change.job)
    if unit is None or change.verdict not in (WORSE, BETTER) or not (first and second):
        return change
    by_operator = bool(first.operators and second.operators)
    old, new = (
        {part.name: int(getattr(part, unit))
         for part in (each.operators if by_operator else each.functions)}
        for each in (first, second)
    )  # fmt: skip
    parts = [(name, old.get(name, 0), new.get(name, 0)) for name in dict.fromkeys([*old, *new])]
    moved = sorted((p for p in parts if p[1] != p[2]), key=lambda p: -abs(p[2] - p[1]))
    named = ", ".join(f"{name} {b - a:+,}" for name, a, b in moved[:_NAMED])
    note = "; ".join(filter(None, [change.note, f"{unit}: {named}" if named else ""]))
    return replace(change, parts=tuple(moved), note=note)


def _said(column: str, row: Row) -> str:
    return row.named(column) if column in IDENTITY else str(row.get(column, ""))


def _difference(column: str, first: Row, second: Row) -> str:
    """ "compiler: gcc 12 / gcc 13"; of two libraries the clauses in which their builds differ."""
    a, b = _said(column, first), _said(column, second)
    ours, theirs = (str(row.get(_BUILD, "")).split("; ") for row in (first, second))
    if column == "library" and ours != theirs and "" not in (*ours, *theirs):
        a, b = ("; ".join(c for c in x if c not in y) for x, y in ((ours, theirs), (theirs, ours)))
        column = _BUILD
    return f"{column}: {a or '-'} / {b or '-'}"


def _is_spread(change: Change, side: Side) -> bool:
    """A time that a real board measured."""
    kind = BY_NAME[change.metric].kind if change.metric in BY_NAME else ""
    return kind == "cycles" and side.rows[change.job].get("exe_kind") == "measured"


def _statistics(
    changes: Sequence[Change], before: Side, after: Side, limits: Limits
) -> list[Change]:
    """The same, with the verdicts of a test where numbers spread."""
    tested = [
        index
        for index, change in enumerate(changes)
        if change.verdict != INCOMPARABLE and _is_spread(change, after)
    ]
    judged = list(changes)
    p_values: dict[int, float] = {}
    for index in tested:
        change = changes[index]
        a, b = before.counts.get(change.job, ()), after.counts.get(change.job, ())
        if not enough(len(a), len(b), len(tested)):
            note = f"needs {needed(len(tested))} samples on each side, there are {len(a)}, {len(b)}"
            judged[index] = replace(change, verdict=SAMPLES, note=note)
        else:
            p_values[index] = _p(a, b)
    for index, p in _holm(p_values, len(tested)).items():
        change = changes[index]
        judged[index] = _tested(change, before, after, p, limits)
    return judged


def _tested(change: Change, before: Side, after: Side, p: float, limits: Limits) -> Change:
    a, b = before.counts[change.job], after.counts[change.job]
    old, new = median(a), median(b)
    worse_by = JUDGED[change.metric] * (new - old)
    verdict = SAME
    if p < ALPHA and worse_by < 0:
        verdict = BETTER
    elif p < ALPHA:
        allowed = limits.of(change.metric, str(before.rows[change.job]["model"]))
        verdict = SAME if allowed.allows(old, worse_by) else WORSE
    return replace(
        change, before=old, after=new, verdict=verdict, interval=_interval(a, b), p=p,
        note=f"p = {p:.3g}, n = {len(a)}, {len(b)}",
    )  # fmt: skip


def enough(first: int, second: int, tests: int) -> bool:
    """Whether the clearest difference would be one: all of one side below all of the other."""
    return bool(first and second) and 2 / comb(first + second, first) < ALPHA / tests


def needed(tests: int) -> int:
    """The fewest samples on each side with which `tests` jobs can have a verdict."""
    return next(n for n in range(1, 1000) if enough(n, n, tests))


def _holm(p_values: Mapping[int, float], tests: int) -> dict[int, float]:
    """Adjusted so that all of them together are wrong at most as often as one would be."""
    adjusted, highest = {}, 0.0
    for rank, (index, p) in enumerate(sorted(p_values.items(), key=lambda item: item[1])):
        highest = max(highest, min(1.0, p * (tests - rank)))
        adjusted[index] = highest
    return adjusted


def _p(a: Sequence[float], b: Sequence[float]) -> float:
    if len({*a, *b}) == 1:
        return 1.0
    return float(extras.scipy_stats().mannwhitneyu(a, b, alternative="two-sided").pvalue)


def _interval(a: Sequence[float], b: Sequence[float]) -> tuple[float, float]:
    """Of the relative change of the median."""
    import numpy as np

    random = np.random.default_rng(0)
    first, second = (
        np.median(random.choice(np.asarray(side), (RESAMPLES, len(side))), axis=1)
        for side in (a, b)
    )
    low, high = np.percentile(second / first - 1, [2.5, 97.5])
    return float(low), float(high)
