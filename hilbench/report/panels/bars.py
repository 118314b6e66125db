"""Horizontal bars, grouped by model, of one value or of parts that add up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hilbench.record.row import Row
from hilbench.report.campaign import Campaign, Series, series_of, status_of
from hilbench.report.panels import Axis, Panel
from hilbench.report.panels.rows import Listing, listing
from hilbench.report.style import Look

MOST_BARS = 120
"""More make a page that nobody scrolls through."""
_MOST_TICKS_PT = 34.0
_VALUE_GAP_PT = 3.0
_MOST_NOTE = 0.45
"""Of the page: what stands in the place of a bar."""
_LEGEND = 0.8
"""Of the page, for the name of a part."""
_DASHES = ("-", "--", ":", "-.")


@dataclass(frozen=True)
class Bar:
    """`parts` are (name, value), in the order they are stacked. `note` says why there are none,
    or what else there is to say. `label` stands in the place of that of the series."""

    model: str
    series: Series
    parts: tuple[tuple[str, float], ...]
    note: str = ""
    label: str = ""

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
    return tuple(
        Bar(str(row["model"]), series_of(row), tuple(parts(row)))
        if row.job in shown
        else Bar(str(row["model"]), series_of(row), (), status_of(row))
        for row in by_model(campaign)
    )


def by_model(campaign: Campaign) -> list[Row]:
    """Its rows, those of a model one after the other."""
    order = {model: index for index, model in enumerate(campaign.models)}
    return sorted(campaign.rows, key=lambda row: order[str(row["model"])])


@dataclass(frozen=True)
class Limit:
    """A line across all bars: what a chip has."""

    name: str
    value: float


@dataclass(frozen=True)
class Bars(Panel):
    """`bars` in the order of their models; parts are in the legend when there are several."""

    x: Axis
    bars: tuple[Bar, ...]
    limits: tuple[Limit, ...] = ()

    def height_in(self, look: Look) -> float:
        return look.style.pitch_in * self._listing(look).height

    def _listing(self, look: Look) -> Listing:
        jobs = [(bar.model, bar.series) for bar in self.bars]
        return listing(jobs, look, [bar.label for bar in self.bars])

    def draw(self, axes: Any, look: Look) -> None:
        rows = self._listing(look)
        rows.draw(axes, look)
        self._set_axes(axes, look)
        names = list(dict.fromkeys(name for bar in self.bars for name, _ in bar.parts))
        several = len(names) > 1
        starts = [0.0] * len(self.bars)
        for nth, name in enumerate(names):
            values = [sum(v for n, v in bar.parts if n == name) for bar in self.bars]
            if several:
                label = look.ruler.fitted(name, look.style.text_pt, _LEGEND * look.style.width_pt)
                how = look.part(nth, len(names))
                axes.barh(rows.places, values, left=starts, height=0.8, label=label, **how)
            starts = [start + value for start, value in zip(starts, values, strict=True)]
        for place, bar in zip(rows.places, self.bars, strict=True):
            if bar.parts and not several:
                axes.barh(place, bar.total, height=0.8, **look.filled(bar.series))
            self._write_value(axes, look, place, bar)
        for nth, limit in enumerate(self.limits):
            axes.axvline(
                limit.value, color=look.theme.text, linewidth=1.2, label=limit.name,
                linestyle=_DASHES[nth % len(_DASHES)],
            )  # fmt: skip

    def _write_value(self, axes: Any, look: Look, place: float, bar: Bar) -> None:
        style = look.style
        said = [text for text in [look.say(self.x, bar.total)] if bar.parts and text]
        room = _MOST_NOTE * style.width_pt / look.columns
        note = [look.ruler.fitted(bar.note, style.small_pt, room)] if bar.note else []
        axes.annotate(
            ", ".join([*said, *note]),
            (bar.total, place), (_VALUE_GAP_PT, 0), textcoords="offset points",
            va="center_baseline", fontsize=style.small_pt,
            color=look.theme.text if bar.parts else look.theme.muted,
            style="normal" if bar.parts else "italic",
        )  # fmt: skip

    def _set_axes(self, axes: Any, look: Look) -> None:
        """The longest bar ends at the right edge; its number hangs out."""
        ends = [bar.total for bar in self.bars] + [limit.value for limit in self.limits]
        axes.set_xlim(0, max(ends) * 1.001 or 1)
        axes.set_xlabel(self.x.label)
        axes.grid(axis="x")
        axes.spines["bottom"].set_visible(False)
        axes.tick_params(axis="x", length=0)
        most = max(2, int(0.5 * look.style.width_pt / (_MOST_TICKS_PT * look.style.small_pt / 7)))
        axes.locator_params(axis="x", nbins=min(most, 7))
        axes.xaxis.set_major_formatter(lambda value, _: look.say(_TICKS, value))


def _tick(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:g}"


_TICKS = Axis("", _tick)
