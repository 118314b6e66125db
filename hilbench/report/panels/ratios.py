"""Ratios on a logarithmic axis, one line per model, around a line at 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hilbench.report.campaign import Series
from hilbench.report.panels import Axis, logscale
from hilbench.report.style import Look
from hilbench.report.text import in_figure

_ASIDE = 0.22
"""Between the series of one model, in lines: equal ratios would hide each other."""


@dataclass(frozen=True)
class Ratio:
    model: str
    series: Series
    value: float


@dataclass(frozen=True)
class Ratios:
    """`models` top down; a model may have no ratio here. Values are above 0."""

    x: Axis
    models: tuple[str, ...]
    ratios: tuple[Ratio, ...]

    @property
    def height_in(self) -> float:
        return 0.85 + 0.34 * len(self.models)

    def draw(self, axes: Any, look: Look) -> None:
        logscale.set_x(axes, self.x, logscale.limits([1.0, *(r.value for r in self.ratios)]))
        axes.axvline(1, color=look.theme.muted, linewidth=1)
        every = list(dict.fromkeys(ratio.series for ratio in self.ratios))
        for index, series in enumerate(every):
            own = [ratio for ratio in self.ratios if ratio.series == series]
            aside = _ASIDE * (index - (len(every) - 1) / 2)
            axes.plot(
                [ratio.value for ratio in own],
                [self.models.index(ratio.model) + aside for ratio in own],
                linestyle="", label=in_figure(look.campaign.label(series)), **look.marked(series),
            )  # fmt: skip
        axes.set_yticks(range(len(self.models)), [in_figure(model) for model in self.models])
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(len(self.models) - 0.4, -0.6)
        axes.grid(axis="both")
