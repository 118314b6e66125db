"""One number per model on a logarithmic axis, written beside its dot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hilbench.report.panels import Axis, logscale
from hilbench.report.style import SMALL_PT, Look
from hilbench.report.text import in_figure, whole

_NAME_COLUMNS = 16
"""Two of these panels stand side by side."""


@dataclass(frozen=True)
class Dots:
    """`values` are (model, number > 0), top down; `colour` is an index of the palette."""

    x: Axis
    values: tuple[tuple[str, int], ...]
    colour: int

    @property
    def height_in(self) -> float:
        return 0.75 + 0.34 * len(self.values)

    def draw(self, axes: Any, look: Look) -> None:
        low, high = logscale.limits(value for _, value in self.values)
        logscale.set_x(axes, self.x, (low, high * (high / low) ** 0.25))
        colour = look.nth_colour(self.colour)
        places = range(len(self.values))
        numbers = [number for _, number in self.values]
        axes.hlines(places, low, numbers, color=colour, linewidth=1.5)
        axes.plot(numbers, places, "o", color=colour)
        for place, number in zip(places, numbers, strict=True):
            axes.annotate(
                whole(number), (number, place), (6, 0), textcoords="offset points",
                va="center_baseline", fontsize=SMALL_PT,
            )  # fmt: skip
        axes.set_yticks(places, [in_figure(model, _NAME_COLUMNS) for model, _ in self.values])
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(len(self.values) - 0.4, -0.6)
        axes.grid(axis="x")
