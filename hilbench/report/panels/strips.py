"""Many numbers per line: each repetition of a job around 0, or each network of a core."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hilbench.report.campaign import Series
from hilbench.report.panels import Axis, Panel, logscale
from hilbench.report.panels.rows import Listing, listing
from hilbench.report.style import Look, name_points

_GAP_PT = 5.0
_LEAST = 0.01
"""Half of the narrowest axis."""


@dataclass(frozen=True)
class Strip:
    """`note` stands at the right edge; `label` in the place of that of the series."""

    model: str
    series: Series
    values: tuple[float, ...]
    note: str
    label: str | None = None


@dataclass(frozen=True)
class Strips(Panel):
    """A line per job, those of a model together, on a linear axis around 0 or a logarithmic one."""

    x: Axis
    strips: tuple[Strip, ...]
    logarithmic: bool = False

    def height_in(self, look: Look) -> float:
        return look.style.pitch_in * self._listing(look).height

    def _listing(self, look: Look) -> Listing:
        jobs = [(s.model, s.series if s.label is None else None) for s in self.strips]
        return listing(jobs, look, [strip.label or "" for strip in self.strips])

    def draw(self, axes: Any, look: Look) -> None:
        rows = self._listing(look)
        rows.draw(axes, look)
        axes.grid(axis="x")
        for place, strip in zip(rows.places, self.strips, strict=True):
            how = {**look.marked(strip.series), "markersize": 0.5 * look.style.text_pt}
            shown = axes.plot(
                strip.values, [place] * len(strip.values), linestyle="", alpha=0.6, zorder=3, **how
            )
            name_points(shown[0], [look.say(self.x, value) for value in strip.values])
            axes.annotate(
                strip.note, (1, place), (_GAP_PT, 0), xycoords=axes.get_yaxis_transform(),
                textcoords="offset points", va="center_baseline", fontsize=look.style.small_pt,
            )  # fmt: skip
        ends = [value for strip in self.strips for value in strip.values]
        if self.logarithmic:
            logscale.set_x(axes, self.x, logscale.limits(ends), look)
        else:
            self._around_0(axes, look, ends)

    def _around_0(self, axes: Any, look: Look, ends: Sequence[float]) -> None:
        axes.axvline(0, color=look.theme.muted, linewidth=0.8, zorder=1)
        low, high = min(ends), max(ends)
        margin = max(0.06 * (high - low), _LEAST - (high - low) / 2)
        axes.set_xlim(low - margin, high + margin)
        axes.locator_params(axis="x", nbins=max(2, int(look.style.width_pt / look.columns / 60)))
        axes.xaxis.set_major_formatter(lambda value, _: look.say(self.x, value))
        axes.set_xlabel(self.x.label)
