"""Every repetition, the first run after reset, and each step of a stream."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from hilbench.record.row import Row
from hilbench.report.campaign import Campaign, series_of
from hilbench.report.cost import COSTS, Cost
from hilbench.report.kind import Kind
from hilbench.report.panels import Axis, Panel
from hilbench.report.panels.bars import MOST_BARS
from hilbench.report.panels.dots import Dot, JobDots
from hilbench.report.panels.lines import Lines, Trace
from hilbench.report.panels.strips import Strip, Strips
from hilbench.report.text import plain, short, si, whole


@dataclass(frozen=True)
class _Repeated:
    """What each invocation of a row's job took, and the first after reset, relative to 1."""

    row: Row
    median: float
    relative: tuple[float, ...]
    cold: float

    @property
    def strip(self) -> Strip:
        """In percent."""
        off = tuple(100 * (each - 1) for each in self.relative)
        said = f"{min(off):+.2g} to {max(off):+.2g}" if any(off) else f"{len(off)} equal"
        return Strip(str(self.row["model"]), series_of(self.row), off, said)

    @property
    def dot(self) -> Dot:
        return Dot(str(self.row["model"]), series_of(self.row), self.cold)


_WARM_UP = 0.01
"""By so much the first run after reset has to differ, to be shown for that alone."""


def _repeated(campaign: Campaign, row: Row) -> _Repeated:
    samples = campaign.recorded.samples[row.job]
    each = [count / samples.iterations for count in samples.counts]
    middle = median(each)
    return _Repeated(row, middle, tuple(x / middle for x in each), samples.cold / middle)


def _panels(campaign: Campaign, rows: Sequence[Row]) -> list[Panel]:
    """For each kind of number: repetitions, cold runs; then steps of streams."""
    panels: list[Panel] = []
    for cost in COSTS:
        own = [_repeated(campaign, row) for row in rows if cost.shows(row)]
        steady = [each for each in own if "stream_steps" not in each.row]
        if steady:
            label = f"Repetitions, difference from their median (%), {_KINDS[cost.kind]}"
            panels.append(Strips(Axis(label, _percent), tuple(each.strip for each in steady)))
        if cold := [each for each in steady if each.cold > 0]:
            label = f"First run after reset / median of the repetitions, {_KINDS[cost.kind]}"
            panels.append(JobDots(Axis(label, short), tuple(each.dot for each in cold)))
        if streams := [each for each in own if "stream_steps" in each.row]:
            panels.append(_steps(campaign, cost, streams))
    return panels


_KINDS = {"instructions": "instructions, emulated", "modelled": "modelled", "measured": "measured"}


def _percent(value: float) -> str:
    return f"{value:.3g}" if abs(value) > 1e-9 else "0"


def _steps(campaign: Campaign, cost: Cost, streams: Sequence[_Repeated]) -> Lines:
    traces = tuple(_trace(campaign, cost, each) for each in streams)
    y = Axis(cost.axis.label, plain if cost.column == "exe_ms" else si)
    return Lines(Axis("Step of the sequence", whole), y, traces)


def _trace(campaign: Campaign, cost: Cost, each: _Repeated) -> Trace:
    """The median over all sequences, with their range."""
    steps, row = int(each.row["stream_steps"]), each.row
    times = [x * float(row[cost.column]) for x in each.relative]
    sequences = [times[start : start + steps] for start in range(0, len(times), steps)]
    by_step = list(zip(*[s for s in sequences if len(s) == steps] or [times], strict=True))
    name = f"{row['model']} {campaign.label(series_of(row))}".strip()
    low, high = (tuple(end(step) for step in by_step) for end in (min, max))
    ends = (low, high) if len(sequences) > 1 else ((), ())
    x = tuple(float(n) for n in range(1, len(by_step) + 1))
    return Trace(name, x, tuple(median(step) for step in by_step), *ends)


def _knows(campaign: Campaign, row: Row) -> bool:
    """An emulated board repeats itself to the digit: of that there is nothing to see."""
    samples = campaign.recorded.samples.get(row.job)
    if samples is None or (middle := median(samples.counts) / samples.iterations) <= 0:
        return False
    warms_up = samples.cold > 0 and abs(samples.cold / middle - 1) > _WARM_UP
    return "stream_steps" in row or warms_up or len(set(samples.counts)) > 1


def _rests_on(campaign: Campaign) -> object:
    found = campaign.recorded.samples
    return [
        [s.unit, s.cold, s.counts, s.iterations] for r in campaign.rows if (s := found.get(r.job))
    ]


FIGURE = Kind(
    "spread", "repetitions", lambda row: any(cost.shows(row) for cost in COSTS), _panels,
    "Each dot is one repetition; warm-ups are not among them.",
    most_jobs=MOST_BARS, optional=True,
    needs="repetitions that differ in the journal",
    rests_on=_rests_on, knows=_knows,
)  # fmt: skip
