"""One value against another, both logarithmic, with the models named along the top."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hilbench.report.campaign import Series
from hilbench.report.panels import Axis, logscale
from hilbench.report.style import SMALL_PT, Look
from hilbench.report.text import in_figure

MOST_NAMES = 28
_NAME_COLUMNS = 20
_NAME_GAP = 0.035
"""Of the width of the axes: slanted names nearer than this would touch."""


@dataclass(frozen=True)
class Point:
    """`low` and `high` are the spread of `y`, when it was measured more than once."""

    model: str
    series: Series
    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True)
class Scatter:
    x: Axis
    y: Axis
    points: tuple[Point, ...]
    height_in: float = 3.3

    def draw(self, axes: Any, look: Look) -> None:
        ends = logscale.limits(point.x for point in self.points)
        logscale.set_x(axes, self.x, ends)
        spread_ends = [end for p in self.points for end in (p.low, p.y, p.high)]
        logscale.set_y(axes, self.y, logscale.limits(spread_ends))
        axes.grid(axis="y")
        self._name_models(axes, look, ends)
        for series in dict.fromkeys(point.series for point in self.points):
            self._draw_series(axes, look, series)

    def _draw_series(self, axes: Any, look: Look, series: Series) -> None:
        points = sorted((p for p in self.points if p.series == series), key=lambda p: p.x)
        colour = look.colour(series)
        for p in points:
            if p.low < p.high:
                axes.plot([p.x, p.x], [p.low, p.high], color=colour, linewidth=1.4, zorder=2)
        axes.plot(
            [p.x for p in points], [p.y for p in points],
            label=in_figure(look.campaign.label(series)), linewidth=0.8, linestyle=":",
            **look.marked(series), zorder=3,
        )  # fmt: skip

    def _name_models(self, axes: Any, look: Look, ends: tuple[float, float]) -> None:
        """A slanted name above the axes for each model, a line from it to the model's x."""
        if (count := len({point.model for point in self.points})) > MOST_NAMES:
            axes.annotate(
                f"{count:,} models, too many to name", (0, 1.02), xycoords="axes fraction",
                fontsize=SMALL_PT, color=look.theme.muted,
            )  # fmt: skip
            return
        low, high = (math.log(end) for end in ends)
        models = dict(sorted({p.model: p.x for p in self.points}.items(), key=lambda m: m[1]))
        wanted = [(math.log(x) - low) / (high - low) for x in models.values()]
        for (model, x), place in zip(models.items(), spread(wanted, _NAME_GAP), strict=True):
            above = math.exp(low + place * (high - low))
            axes.plot(
                [x, x, above], [0, 1, 1.04],
                transform=axes.get_xaxis_transform(),
                color=look.theme.grid, linewidth=0.6, clip_on=False, zorder=0,
            )  # fmt: skip
            axes.annotate(
                in_figure(model, _NAME_COLUMNS), (above, 1.04), (0, 1),
                xycoords=axes.get_xaxis_transform(), textcoords="offset points", rotation=35,
                rotation_mode="anchor", ha="left", va="bottom", fontsize=SMALL_PT,
            )  # fmt: skip


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Ascending places at least `gap` apart, nearest to the ascending `wanted` ones.

    Least squares: neighbours that are too close become a block around their mean.
    """
    blocks: list[list[float]] = []
    for index, place in enumerate(wanted):
        blocks.append([place - index * gap])
        while len(blocks) > 1 and _mean(blocks[-2]) > _mean(blocks[-1]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    means = [_mean(block) for block in blocks for _ in block]
    return [mean + index * gap for index, mean in enumerate(means)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
