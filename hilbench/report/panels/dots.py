"""One number per line on a logarithmic axis, written at the right edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hilbench.report.campaign import Series
from hilbench.report.panels import Axis, Panel, logscale
from hilbench.report.panels.rows import listing
from hilbench.report.style import Look, name_points

_GAP_PT = 5.0


@dataclass(frozen=True)
class Dot:
    """`value` is None where `note` says why; 0 stands on a line of its own.

    `beside` is somebody else's number, above 0, and `note` then what stands at the right edge.
    """

    model: str
    series: Series
    value: float | None
    note: str = ""
    beside: float | None = None


@dataclass(frozen=True)
class JobDots(Panel):
    """A line per job, those of a model together. `beside` says whose the numbers beside are."""

    x: Axis
    dots: tuple[Dot, ...]
    beside: str = ""

    def height_in(self, look: Look) -> float:
        return look.style.pitch_in * listing(self._jobs, look).height

    @property
    def _jobs(self) -> list[tuple[str, Series | None]]:
        return [(dot.model, dot.series) for dot in self.dots]

    def draw(self, axes: Any, look: Look) -> None:
        rows = listing(self._jobs, look)
        values = [dot.value for dot in self.dots if dot.value is not None]
        low = logscale.floor(values)
        others = [dot.beside for dot in self.dots if dot.beside]
        drawn = [value or low or 1.0 for value in [*values, *others]] or [1.0]
        logscale.set_x(axes, self.x, logscale.limits(drawn), look, low)
        rows.draw(axes, look)
        axes.grid(axis="x")
        axes.hlines(
            rows.places, 0, 1, transform=axes.get_yaxis_transform(),
            color=look.theme.grid, linewidth=0.5,
        )  # fmt: skip
        for place, dot in zip(rows.places, self.dots, strict=True):
            if dot.value is not None:
                shown = axes.plot([dot.value or low], [place], zorder=3, **look.marked(dot.series))
                name_points(shown[0], [f"{dot.model} {look.campaign.label(dot.series)}"])
            self._write(axes, look, place, dot)
        self._draw_others(axes, look, rows.places)
        if low is not None:
            logscale.mark_zero(axes.axvline, low, look)

    def _draw_others(self, axes: Any, look: Look, places: Sequence[float]) -> None:
        """A bar across the line, and how far it is from ours."""
        both = [(p, d) for p, d in zip(places, self.dots, strict=True) if d.beside and d.value]
        if not both:
            return
        at, theirs = [place for place, _ in both], [dot.beside for _, dot in both]
        ours = [dot.value for _, dot in both]
        colour = look.theme.text
        axes.hlines(at, ours, theirs, color=look.theme.muted, linewidth=0.9, zorder=2)
        axes.plot(theirs, at, "|", linestyle="", color=colour, label=self.beside, zorder=4,
                  markersize=1.1 * look.style.text_pt, markeredgewidth=1.4)  # fmt: skip

    def _write(self, axes: Any, look: Look, place: float, dot: Dot) -> None:
        axes.annotate(
            dot.note if dot.value is None or dot.note else look.say(self.x, dot.value),
            (1, place), (_GAP_PT, 0), xycoords=axes.get_yaxis_transform(),
            textcoords="offset points", va="center_baseline", fontsize=look.style.small_pt,
            color=look.theme.muted if dot.value is None else look.theme.text,
            style="italic" if dot.value is None else "normal",
        )  # fmt: skip


@dataclass(frozen=True)
class Dots(Panel):
    """`values` are (model, number > 0), top down; `colour` is an index of the palette."""

    x: Axis
    values: tuple[tuple[str, int], ...]
    colour: int

    def height_in(self, look: Look) -> float:
        return look.style.pitch_in * listing(self._jobs, look).height

    @property
    def _jobs(self) -> list[tuple[str, Series | None]]:
        return [(model, None) for model, _ in self.values]

    def draw(self, axes: Any, look: Look) -> None:
        ends = logscale.limits(value for _, value in self.values)
        logscale.set_x(axes, self.x, ends, look)
        rows = listing(self._jobs, look)
        rows.draw(axes, look)
        colour = look.nth_colour(self.colour)
        numbers = [number for _, number in self.values]
        axes.hlines(rows.places, ends[0], numbers, color=colour, linewidth=1.2)
        shown = axes.plot(
            numbers, rows.places, "oD"[self.colour % 2], linestyle="", color=colour,
            markersize=0.6 * look.style.text_pt,
        )  # fmt: skip
        name_points(shown[0], [model for model, _ in self.values])
        for place, number in zip(rows.places, numbers, strict=True):
            axes.annotate(
                look.say(_WHOLE, number), (1, place), (_GAP_PT, 0),
                xycoords=axes.get_yaxis_transform(), textcoords="offset points",
                va="center_baseline", fontsize=look.style.small_pt,
            )  # fmt: skip
        axes.grid(axis="x")


_WHOLE = Axis("", lambda value: f"{value:,.0f}")
