"""Models that differ in size alone, whose points a line may join."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hilbench.record.row import Row
from hilbench.report.campaign import Campaign, series_of
from hilbench.report.cost import Cost
from hilbench.report.panels.scatter import Curve

_NUMBERED = re.compile(r"(.*?)[-_]?\d+")
_FEWEST = 3
_ON_CURVE = 24
_OFF = 0.3
"""Relative: where one point is further from the line than this, there is no line."""


def is_family(models: Sequence[str]) -> bool:
    """Whether all names are the same but for a number at their end: fc_0, fc_1, ..."""
    stems = {m[1] if (m := _NUMBERED.fullmatch(name)) else "" for name in models}
    return len(set(models)) >= _FEWEST and len(stems) == 1 and "" not in stems


def curves(campaign: Campaign, cost: Cost, rows: Sequence[Row]) -> tuple[Curve, ...]:
    """A straight line for each series, with its slope per MAC; none unless it is one family.

    Least squares of count = a + b MACs, each point weighted by 1 / count: relative errors.
    """
    if not is_family([str(row["model"]) for row in rows]):
        return ()
    found = []
    for series in dict.fromkeys(series_of(row) for row in rows):
        own = [row for row in rows if series_of(row) == series]
        points = [(float(row["macs"]), cost.count(row)) for row in own]
        counted = [(x, y) for x, y in points if y]
        if len({x for x, _ in counted}) < _FEWEST:
            continue
        start, slope = _fitted(counted)
        if slope <= 0 or any(abs(start + slope * x - y) > _OFF * y for x, y in counted):
            continue
        low, high = min(x for x, _ in counted), max(x for x, _ in counted)
        per_unit = float(own[0][cost.column]) / float(cost.count(own[0]) or 1)
        steps = [low * (high / low) ** (n / _ON_CURVE) for n in range(_ON_CURVE + 1)]
        line = tuple((x, (start + slope * x) * per_unit) for x in steps if start + slope * x > 0)
        said = f"{campaign.label(series)}: {slope:.3g} {cost.unit} per MAC".lstrip(": ")
        found.append(Curve(line, series, said))
    return tuple(found)


def _fitted(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """(a, b) of the weighted normal equations."""
    weights = [1 / y**2 for _, y in points]
    total = sum(weights)
    mean_x = sum(w * x for w, (x, _) in zip(weights, points, strict=True)) / total
    mean_y = sum(w * y for w, (_, y) in zip(weights, points, strict=True)) / total
    spread = sum(w * (x - mean_x) ** 2 for w, (x, _) in zip(weights, points, strict=True))
    both = sum(w * (x - mean_x) * (y - mean_y) for w, (x, y) in zip(weights, points, strict=True))
    slope = both / spread if spread else 0.0
    return mean_y - slope * mean_x, slope
