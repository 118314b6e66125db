"""Horizontal bars, grouped by model, of one value or of parts that add up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hilbench.record.row import Row
from hilbench.report.campaign import Campaign, Series, series_of, status_of
from hilbench.report.panels import Axis
from hilbench.report.style import SMALL_PT, Look
from hilbench.report.text import in_figure

MOST_BARS = 120
"""More make a page that nobody scrolls through, and take minutes."""
_BAR_IN = 0.19
_GROUP_GAP = 0.5
"""Between models, in bars."""
_POINTS_PER_CHARACTER = 0.62
"""Of the font size: DejaVu Sans, on the safe side."""


@dataclass(frozen=True)
class Bar:
    """`parts` are (name, value), in the order they are stacked. Without any, `note` says why."""

    model: str
    series: Series
    parts: tuple[tuple[str, float], ...]
    note: str = ""

    @property
    def total(self) -> float:
        return sum(value for _, value in self.parts)


def bar_per_job(
    campaign: Campaign, rows: Sequence[Row], parts: Callable[[Row], Sequence[tuple[str, float]]]
) -> tuple[Bar, ...]:
    """A bar for each of `rows`; the campaign's other jobs keep their place and say what they are.

    Models and series come in the order of the campaign.
    """
    shown = {row.job for row in rows}
    order = {model: index for index, model in enumerate(campaign.models)}
    return tuple(
        Bar(str(row["model"]), series_of(row), tuple(parts(row)))
        if row.job in shown
        else Bar(str(row["model"]), series_of(row), (), status_of(row))
        for row in sorted(campaign.rows, key=lambda row: order[str(row["model"])])
    )


@dataclass(frozen=True)
class Bars:
    """`bars` in the order of their models; parts are in the legend when there are several."""

    x: Axis
    bars: tuple[Bar, ...]

    @property
    def height_in(self) -> float:
        places = _places(self.bars)
        return 0.75 + _BAR_IN * (places[-1] + 1 if places else 0)

    def draw(self, axes: Any, look: Look) -> None:
        places = _places(self.bars)
        self._set_axes(axes, look, places)
        names = list(dict.fromkeys(name for bar in self.bars for name, _ in bar.parts))
        several = len(names) > 1
        for place, bar in zip(places, self.bars, strict=True):
            start = 0.0
            for name, value in bar.parts:
                part = look.theme.parts[names.index(name) % len(look.theme.parts)]
                fill = {"color": part, "label": name} if several else look.filled(bar.series)
                axes.barh(place, value, left=start, height=0.8, **fill)
                start += value
            self._write_value(axes, look, place, bar)

    def _write_value(self, axes: Any, look: Look, place: float, bar: Bar) -> None:
        axes.annotate(
            self.x.write(bar.total) if bar.parts else bar.note,
            (bar.total, place), (3, 0), textcoords="offset points", va="center_baseline",
            fontsize=SMALL_PT, color=look.theme.text if bar.parts else look.theme.muted,
            style="normal" if bar.parts else "italic",
        )  # fmt: skip

    def _set_axes(self, axes: Any, look: Look, places: Sequence[float]) -> None:
        """Each bar is named for its series, each group of bars for its model."""
        labels = [in_figure(look.campaign.label(bar.series)) for bar in self.bars]
        longest = max(len(label) for label in labels)
        axes.set_yticks(places, labels, fontsize=SMALL_PT, color=look.theme.muted)
        axes.tick_params(axis="y", length=0)
        for model, middle in _groups(self.bars, places):
            axes.annotate(
                in_figure(model), (0, middle), (-8 - longest * SMALL_PT * _POINTS_PER_CHARACTER, 0),
                xycoords=axes.get_yaxis_transform(), textcoords="offset points",
                ha="right", va="center_baseline",
            )  # fmt: skip
        axes.set_ylim(places[-1] + 0.6, -0.6)
        axes.set_xlim(0, 1.12 * max(bar.total for bar in self.bars) or 1)
        axes.set_xlabel(self.x.label)
        axes.grid(axis="x")
        axes.spines["bottom"].set_visible(False)
        axes.tick_params(axis="x", length=0)


def _places(bars: Sequence[Bar]) -> list[float]:
    """Heights of the bars, top down: 1 apart, and more between two models."""
    places: list[float] = []
    for index, bar in enumerate(bars):
        grouped = len({b.series for b in bars}) > 1 and index > 0
        gap = _GROUP_GAP if grouped and bar.model != bars[index - 1].model else 0.0
        places.append(places[-1] + 1 + gap if places else 0.0)
    return places


def _groups(bars: Sequence[Bar], places: Sequence[float]) -> Iterator[tuple[str, float]]:
    """Each model with the middle of its bars."""
    for model in dict.fromkeys(bar.model for bar in bars):
        own = [place for place, bar in zip(places, bars, strict=True) if bar.model == model]
        yield model, (own[0] + own[-1]) / 2
