"""What one inference costs; numbers of different kinds never share axes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from hilbench.record.row import Row
from hilbench.report.campaign import Campaign
from hilbench.report.cost import COSTS, Cost
from hilbench.report.families import curves
from hilbench.report.kind import Kind
from hilbench.report.panels import Axis
from hilbench.report.panels.scatter import Scatter
from hilbench.report.text import si


def _panels(campaign: Campaign, rows: Sequence[Row]) -> list[Scatter]:
    """One panel for each kind of number, and window, that the rows have."""
    panels = []
    for cost, window in product(COSTS, sorted({row.window for row in rows})):
        own = [row for row in rows if cost.shows(row) and row.window == window]
        if own:
            panels.append(_panel(campaign, cost, own, window))
    return panels


def _panel(campaign: Campaign, cost: Cost, rows: Sequence[Row], window: str) -> Scatter:
    points = tuple(cost.point(row, float(row["macs"])) for row in rows)
    macs = Axis("MACs per inference", si)
    return Scatter(macs, cost.axis_in(window), points, curves(campaign, cost, rows))


def _shows(row: Row) -> bool:
    return float(row.get("macs", 0)) > 0 and any(cost.shows(row) for cost in COSTS)


FIGURE = Kind(
    "exe", "cost of one inference", _shows, _panels,
    "Median of the repetitions, with their range where they differ; bounds of modelled times.",
)  # fmt: skip
