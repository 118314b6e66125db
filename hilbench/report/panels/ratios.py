"""Ratios on a logarithmic axis, one line per model, around a line at 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hilbench.report.campaign import Series
from hilbench.report.panels import Axis, Panel, logscale
from hilbench.report.panels.rows import listing
from hilbench.report.style import Look, name_points

_ASIDE = 0.9
"""Of the pitch: between the series of one model, which equal ratios would hide."""


@dataclass(frozen=True)
class Ratio:
    model: str
    series: Series
    value: float


@dataclass(frozen=True)
class Ratios(Panel):
    """`models` top down; a model may have no ratio here. Values are above 0."""

    x: Axis
    models: tuple[str, ...]
    ratios: tuple[Ratio, ...]

    def height_in(self, look: Look) -> float:
        stretch = max(1.6, 0.5 * len({ratio.series for ratio in self.ratios}))
        return stretch * look.style.pitch_in * listing(self._jobs, look).height

    @property
    def _jobs(self) -> list[tuple[str, Series | None]]:
        return [(model, None) for model in self.models]

    def draw(self, axes: Any, look: Look) -> None:
        ends = logscale.limits([1.0, *(ratio.value for ratio in self.ratios)])
        logscale.set_x(axes, self.x, ends, look)
        axes.axvline(1, color=look.theme.muted, linewidth=1)
        rows = listing(self._jobs, look)
        rows.draw(axes, look)
        place = dict(zip(self.models, rows.places, strict=True))
        every = list(dict.fromkeys(ratio.series for ratio in self.ratios))
        for index, series in enumerate(every):
            own = [ratio for ratio in self.ratios if ratio.series == series]
            aside = _ASIDE * ((index + 0.5) / len(every) - 0.5)
            shown = axes.plot(
                [ratio.value for ratio in own], [place[ratio.model] + aside for ratio in own],
                linestyle="", label=look.label(series), zorder=3, **look.marked(series),
            )  # fmt: skip
            name_points(shown[0], [f"{ratio.model}: {ratio.value:.3g}" for ratio in own])
        axes.grid(axis="both")
