"""Which operators the time of an inference goes to, jobs and commits beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from hilbench.record.journal import Part, Profile
from hilbench.record.row import Row
from hilbench.report.campaign import Campaign, series_of
from hilbench.report.cost import COSTS, Cost
from hilbench.report.kind import Kind
from hilbench.report.panels import Axis
from hilbench.report.panels.bars import MOST_BARS, Bar, Bars, by_model
from hilbench.report.text import si

_NAMED = 6
_OTHER, _OUTSIDE = "other operators", "outside of these"
_SHORT = 7
"""Digits of a commit."""


@dataclass(frozen=True)
class _Details:
    """A profile that is one bar: `total` counts of an inference. `label` is that of a past one."""

    row: Row
    profile: Profile
    total: float
    label: str = ""

    def parts(self, cost: Cost) -> list[tuple[str, float]]:
        """Operators; functions of an engine that calls all operators from one place."""
        found = self.profile.operators or self.profile.functions
        return [(part.name, _count(part, cost)) for part in found]


def _count(part: Part, cost: Cost) -> float:
    return part.cycles if cost.unit == "cycles" else part.instructions


def _panels(campaign: Campaign, rows: Sequence[Row]) -> list[Bars]:
    """One for each kind of number and window: they share no axis."""
    shown = {row.job for row in rows}
    ordered = [row for row in by_model(campaign) if row.job in shown]
    panels = []
    for cost in COSTS:
        for window in sorted({row.window for row in ordered if _of(row, cost)}):
            own = [row for row in ordered if _of(row, cost) and row.window == window]
            panels.append(_panel(campaign, own, cost, window))
    return panels


def _of(row: Row, cost: Cost) -> bool:
    return row.get("exe_kind") == cost.kind and bool(cost.count(row))


def _panel(campaign: Campaign, rows: Sequence[Row], cost: Cost, window: str) -> Bars:
    details = [each for row in rows for each in _bars_of(campaign, row, cost)]
    named = _most(details, cost)
    slowest: dict[str, float] = {}
    for each in details:
        model = str(each.row["model"])
        slowest[model] = max(slowest.get(model, 0.0), each.total)
    kind = "emulated" if cost.kind == cost.unit else cost.kind
    what = f"{cost.unit.capitalize()}, {kind}, in % of the slowest job of each model"
    said = Axis(what, lambda _: "")
    axis = replace(cost, axis=said).axis_in(window)
    bars = tuple(_bar(each, cost, named, slowest[str(each.row["model"])]) for each in details)
    empty = {name for bar in bars for name, _ in bar.parts}
    empty -= {name for bar in bars for name, value in bar.parts if value > 0}
    return Bars(axis, tuple(
        replace(bar, parts=tuple(part for part in bar.parts if part[0] not in empty))
        for bar in bars
    ))  # fmt: skip


def _bars_of(campaign: Campaign, row: Row, cost: Cost) -> Iterator[_Details]:
    """What it is now, and below it what it was under other code, where that differs."""
    details = campaign.recorded.details[row.job]
    if details.profile is not None and (count := cost.count(row)):
        yield _Details(row, details.profile, count)
    past = details.before
    if past is None or past.profile == details.profile:
        return
    if _of(past.row, cost) and past.row.window == row.window:
        count = cost.count(past.row) or 0.0
        yield _Details(row, past.profile, count, f"before, {past.commit[:_SHORT]}")


def _most(details: Sequence[_Details], cost: Cost) -> list[str]:
    """Those that take the largest shares of all bars together, the largest first."""
    shares: dict[str, float] = {}
    for each in details:
        for name, count in each.parts(cost):
            shares[name] = shares.get(name, 0.0) + count / each.total
    return sorted(shares, key=lambda name: -shares[name])[:_NAMED]


def _bar(details: _Details, cost: Cost, named: Sequence[str], slowest: float) -> Bar:
    found: dict[str, float] = {}
    for name, count in details.parts(cost):
        found[name] = found.get(name, 0.0) + count
    outside = max(0.0, details.total - sum(found.values()))
    other = sum(count for name, count in found.items() if name not in named)
    counts = [*((name, found.get(name, 0.0)) for name in named), (_OTHER, other)]
    parts = [(name, 100 * count / slowest) for name, count in [*counts, (_OUTSIDE, outside)]]
    return Bar(str(details.row["model"]), series_of(details.row), tuple(parts),
               si(float(f"{details.total:.3g}")), details.label)  # fmt: skip


def _knows(campaign: Campaign, row: Row) -> bool:
    details = campaign.recorded.details.get(row.job)
    return details is not None and details.profile is not None


def _rests_on(campaign: Campaign) -> object:
    found = campaign.recorded.details
    details = [found[row.job] for row in campaign.rows if row.job in found]
    return repr([(each.profile, each.before) for each in details])


FIGURE = Kind(
    "profile", "where the time goes",
    lambda row: any(_of(row, cost) for cost in COSTS), _panels,
    "The number is the count of the whole inference. Functions stand in the place of operators "
    "where an engine calls all of them from one place.",
    most_jobs=MOST_BARS // 5, needs="a profile in the journal",
    optional=True, rests_on=_rests_on, knows=_knows,
)  # fmt: skip
