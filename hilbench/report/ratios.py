"""The figure of `hilbench compare`: what each engine costs beside the first one."""

from __future__ import annotations

from collections.abc import Sequence

from hilbench.record.row import Row
from hilbench.report.campaign import Campaign, series_of
from hilbench.report.kind import Kind, has
from hilbench.report.panels import Axis, Panel
from hilbench.report.panels.ratios import Ratio, Ratios
from hilbench.report.side_by_side import COSTS, Pair, Quantity, pairs
from hilbench.report.text import plain


def ratios_of(rows: Sequence[Row]) -> Kind:
    """The kind of figure for these rows."""
    engines = list(dict.fromkeys(str(row["engine"]) for row in rows))
    return Kind(
        "engines",
        f"cost under {', '.join(engines[1:])}, relative to {engines[0]}",
        has("flash_bytes"),
        _panels,
        f"Ratios, logarithmic: right of the line, {engines[0]} needs less.",
        side_by_side=True,
    )


def _panels(campaign: Campaign, rows: Sequence[Row]) -> list[Panel]:
    """A panel for each quantity of which there is a ratio."""
    found = pairs(rows)
    drawn = {cost.name: _ratios(found, cost) for cost in COSTS}
    return [
        Ratios(Axis(name, plain), campaign.models, ratios)
        for name, ratios in drawn.items()
        if ratios
    ]


def _ratios(found: Sequence[Pair], cost: Quantity) -> tuple[Ratio, ...]:
    values = [(pair.other, pair.ratio(cost)) for pair in found]
    return tuple(Ratio(str(row["model"]), series_of(row), v) for row, v in values if v)
