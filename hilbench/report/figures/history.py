"""How each number changed from commit to commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hilbench.record.journal.history import Past
from hilbench.record.row import Row
from hilbench.report.campaign import Campaign, series_of
from hilbench.report.kind import Kind
from hilbench.report.panels import Axis
from hilbench.report.panels.lines import Lines, Trace

_SHORT = 7
"""Digits of a commit."""
_BAND = "repetitions of the first"


@dataclass(frozen=True)
class _Metric:
    """`column` of rows whose `exe_kind` is `kind`, all with "". `spread`: of its repetitions."""

    label: str
    column: str
    kind: str = ""
    spread: bool = False

    def of(self, past: Past) -> float | None:
        if self.kind not in ("", past.row.get("exe_kind")):
            return None
        value = past.row.get(self.column)
        return None if value is None else float(value)


_METRICS = (
    _Metric("Instructions, emulated", "exe_instructions", "instructions", True),
    _Metric("Cycles, modelled", "exe_cycles", "modelled", True),
    _Metric("Cycles, measured", "exe_cycles", "measured", True),
    _Metric("Flash", "flash_bytes"),
    _Metric("RAM", "ram_bytes"),
    _Metric("Error", "error_mae"),
)


def _panels(campaign: Campaign, rows: Sequence[Row]) -> list[Lines]:
    past = {row.job: campaign.recorded.past[row.job] for row in rows}
    numbers = sorted({each.campaign for own in past.values() for each in own})
    places = {number: float(index) for index, number in enumerate(numbers)}
    campaigns = _names(each for own in past.values() for each in own)
    ticks = tuple((places[number], name) for number, name in campaigns.items())
    names = {row.job: f"{row['model']} {campaign.label(series_of(row))}".strip() for row in rows}
    found = [
        _panel(metric, past, places, names, ticks) for metric in _METRICS if _has(metric, past)
    ]
    return [panel for panel in found if any(map(any, (t.y for t in panel.traces)))] or found[:1]


def _has(metric: _Metric, past: Mapping[str, Sequence[Past]]) -> bool:
    return any(len(_values(metric, own)) > 1 for own in past.values())


def _panel(
    metric: _Metric,
    past: Mapping[str, Sequence[Past]],
    places: Mapping[int, float],
    names: Mapping[str, str],
    ticks: tuple[tuple[float, str], ...],
) -> Lines:
    traces, ends = [], [0.0]
    for job, own in past.items():
        found = _values(metric, own)
        if len(found) < 2:
            continue
        first, base = found[0]
        x = tuple(places[each.campaign] for each, _ in found)
        traces.append(Trace(names[job], x, tuple(100 * (y / base - 1) for _, y in found)))
        ends += _spread(metric, first, base)
    band = (min(ends), max(ends), _BAND) if any(ends) else None
    axis = Axis(f"{metric.label}: change since the first (%)", lambda value: f"{value:+.3g}")
    return Lines(Axis("Campaigns, by commit", str), axis, tuple(traces), ticks, band)


def _values(metric: _Metric, own: Sequence[Past]) -> list[tuple[Past, float]]:
    """From the first that is above 0 on: changes are relative to it."""
    found = [(each, y) for each in own if (y := metric.of(each)) is not None]
    while found and found[0][1] <= 0:
        found.pop(0)
    return found


def _spread(metric: _Metric, first: Past, base: float) -> Iterator[float]:
    """In percent of its median."""
    for end in ("min", "max") if metric.spread else ():
        if (value := first.row.get(f"{metric.column}_{end}")) is not None:
            yield 100 * (float(value) / base - 1)


def _names(measured: Iterable[Past]) -> dict[int, str]:
    """Each campaign by what differs: the commit of the user's repository, of hilbench, a number."""
    found: dict[int, Past] = {}
    for each in measured:
        found.setdefault(each.campaign, each)
    ordered = [found[number] for number in sorted(found)]
    user = [(each.repository_commit, each.clean is False) for each in ordered]
    ours = [(each.hilbench_commit, False) for each in ordered]
    telling = [side for side in (user, ours) if len(set(side)) > 1 and all(c for c, _ in side)]
    if not telling:
        return {each.campaign: str(each.campaign) for each in ordered}
    return {
        each.campaign: commit[:_SHORT] + ("+" if changed else "")
        for each, (commit, changed) in zip(ordered, telling[0], strict=True)
    }


def _knows(campaign: Campaign, row: Row) -> bool:
    return len({each.campaign for each in campaign.recorded.past.get(row.job, ())}) > 1


def _rests_on(campaign: Campaign) -> object:
    columns = [name for m in _METRICS for name in (m.column, f"{m.column}_min", f"{m.column}_max")]
    return [
        [each.campaign, each.repository_commit, each.hilbench_commit, each.clean,
         [each.row.get(name) for name in ("exe_kind", *columns)]]
        for row in campaign.rows
        for each in campaign.recorded.past.get(row.job, ())
    ]  # fmt: skip


FIGURE = Kind(
    "history", "from commit to commit", lambda _: True, _panels,
    "Relative to the first campaign of each job; what has not moved has no panel. + marks a "
    "commit with changes that were not committed.",
    needs="two campaigns in the journal", optional=True,
    rests_on=_rests_on, knows=_knows,
)  # fmt: skip
