"""One value against another; models are named beside their points where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hilbench.core.text import one_line
from hilbench.report.campaign import Series
from hilbench.report.panels import Axis, Key, Panel, logscale, names
from hilbench.report.style import PALE, Look, name_points

MOST_NAMES = 12
"""Names that are tried beside the points; more models get numbers, with a key below."""
MOST_NUMBERS = 60
_HEIGHT_EM = 26.0
_LONGEST = 0.45
"""Of the axes: longer names get numbers too."""


@dataclass(frozen=True)
class Point:
    """`low` and `high` are the spread of `y`, where it was measured more than once.

    `pale`: in the background, and named only where there is room.
    """

    model: str
    series: Series
    x: float
    y: float
    low: float
    high: float
    pale: bool = False


@dataclass(frozen=True)
class Curve:
    """Points that belong together, joined by a line; `says` is its entry in the legend."""

    points: tuple[tuple[float, float], ...]
    series: Series | None = None
    says: str = ""
    steps: bool = False

    @property
    def corners(self) -> list[tuple[float, float]]:
        """Where the line goes; with `steps`, right before it goes up or down."""
        if not self.steps:
            return list(self.points)
        pairs = zip(self.points, self.points[1:], strict=False)
        turns = [corner for (_, y), end in pairs for corner in ((end[0], y), end)]
        return [*self.points[:1], *turns]


@dataclass(frozen=True)
class Scatter(Panel):
    """`x` is above 0, `y` is 0 or above; both logarithmic, y not with `linear`.

    Points are joined by `curves` alone. `also_y` are values of other panels, whose y axis is
    the same.
    """

    x: Axis
    y: Axis
    points: tuple[Point, ...]
    curves: tuple[Curve, ...] = ()
    linear: bool = False
    also_y: tuple[float, ...] = ()

    def height_in(self, look: Look) -> float:
        return look.style.em(_HEIGHT_EM)

    def draw(self, axes: Any, look: Look) -> None:
        logscale.set_x(axes, self.x, logscale.limits(point.x for point in self.points), look)
        low = self._set_y(axes, look)
        axes.grid(axis="both")
        slopes = {curve.series: curve.says for curve in self.curves if curve.series}
        there = {point.series for point in self.points}
        for series in (each for each in look.campaign.series if each in there):
            label = slopes.get(series) or look.label(series)
            for pale in (False, True):
                found = [p for p in self.points if p.series == series and p.pale == pale]
                if found:
                    self._draw(axes, look, found, label, low)
                    label = ""
        for curve in self.curves:
            self._join(axes, look, curve, low)
        if low is not None:
            logscale.mark_zero(axes.axhline, low, look)

    def _set_y(self, axes: Any, look: Look) -> float | None:
        """Returns where 0 stands, if that is not where it is."""
        if self.linear:
            axes.set_ylabel(self.y.label)
            axes.margins(y=0.12)
            axes.update_datalim([(self.points[0].x, y) for y in self.also_y])
            axes.autoscale_view(scalex=False)
            axes.locator_params(axis="y", nbins=6)
            axes.yaxis.set_major_formatter(lambda value, _: look.say(self.y, value))
            return None
        low = self._low
        span = logscale.limits([end or low or 1.0 for end in self._ends])
        logscale.set_y(axes, self.y, span, look, self.height_in(look), low)
        return low

    @property
    def _ends(self) -> list[float]:
        return [*(end for p in self.points for end in (p.low, p.y, p.high)), *self.also_y]

    @property
    def _low(self) -> float | None:
        """Where 0 stands on a logarithmic axis, if any value is 0."""
        return None if self.linear else logscale.floor(self._ends)

    def _draw(
        self, axes: Any, look: Look, points: Sequence[Point], label: str, low: float | None
    ) -> None:
        series, colour = points[0].series, look.colour(points[0].series)
        pale = {"alpha": PALE} if points[0].pale else {}
        spans = [p for p in points if p.low < p.high]
        axes.vlines(
            [p.x for p in spans], [p.low or low for p in spans], [p.high for p in spans],
            color=colour, linewidth=1.4, zorder=2, **pale,
        )  # fmt: skip
        shown = axes.plot(
            [p.x for p in points], [p.y or low or 0 for p in points], linestyle="",
            label=label, zorder=3 if pale else 3.5, **look.marked(series), **pale,
        )  # fmt: skip
        name_points(shown[0], [self._said(look, p) for p in points])

    def _said(self, look: Look, point: Point) -> str:
        who = " ".join([point.model, look.campaign.label(point.series)]).strip()
        return f"{who}: {point.x:.4g}, {point.y:.4g}"

    def _join(self, axes: Any, look: Look, curve: Curve, low: float | None) -> None:
        colour = look.colour(curve.series) if curve.series else look.theme.muted
        x, y = zip(*curve.corners, strict=True)
        axes.plot(
            x, [value or low or 0 for value in y], color=colour, linewidth=1.0,
            label="" if curve.series else curve.says, zorder=1,
        )  # fmt: skip

    def name(self, axes: Any, look: Look) -> Key:
        """Names; if they do not all fit, numbers and their key; if there are many, neither."""
        models = list(dict.fromkeys(point.model for point in self.points))
        size = look.style.small_pt
        lines = {model: one_line(model) for model in models}
        short = look.ruler.widest(list(lines.values()), size) <= _LONGEST * _size_pt(axes)[0]
        if len(models) <= MOST_NAMES and short:
            labels = self._labels(axes, look, lines)
            placed = self._place(axes, look, labels)
            if {label.text for label in labels if label.needed} <= {p.label.text for p in placed}:
                names.write(axes, placed, look)
                return Key()
        if len(models) > MOST_NUMBERS:
            count = f"{len(models):,} models are too many to name here; `hilbench report` does."
            return Key(note=count)
        nth = {model: index + 1 for index, model in enumerate(look.campaign.models)}
        texts = {model: str(nth[model]) for model in models}
        placed = self._place(axes, look, self._labels(axes, look, texts))
        names.write(axes, placed, look)
        said = {each.label.text for each in placed}
        unnamed = any(number not in said for number in texts.values())
        note = "A point without a number has no room for it." if unnamed else ""
        return Key(tuple((nth[model], model) for model in models), note)

    def _labels(self, axes: Any, look: Look, texts: dict[str, str]) -> list[names.Label]:
        """One for each place of a model: points above each other share theirs."""
        inside = axes.transData + axes.transAxes.inverted()
        width, height = _size_pt(axes)
        low = self._low
        groups: dict[tuple[str, float], list[Point]] = {}
        for point in self.points:
            groups.setdefault((point.model, point.x), []).append(point)
        found = []
        for (model, _), own in groups.items():
            where = inside.transform([(p.x, p.y or low or 0) for p in own])
            anchors = tuple((x * width, y * height) for x, y in where[np.argsort(-where[:, 1])])
            text = texts[model]
            needed = not all(point.pale for point in own)
            found.append(
                names.Label(text, look.ruler.width(text, look.style.small_pt), anchors, needed)
            )
        return found

    def _place(self, axes: Any, look: Look, labels: Sequence[names.Label]) -> list[names.Placed]:
        inside = axes.transData + axes.transAxes.inverted()
        low = self._low
        points = inside.transform([(p.x, p.y or low or 0) for p in self.points])
        size = _size_pt(axes)
        marker = look.marked(self.points[0].series)["markersize"]
        lines = [inside.transform(curve.corners) * size for curve in self.curves]
        height = names.HEIGHT_EM * look.style.small_pt
        return names.place(labels, points * size, lines, size, height, marker)


def _size_pt(axes: Any) -> tuple[float, float]:
    box = axes.get_window_extent()
    scale = 72 / axes.figure.dpi
    return box.width * scale, box.height * scale
