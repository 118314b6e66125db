"""The left side of a panel that lists jobs: the name of each, those of a model together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from hilbench.core.text import one_line
from hilbench.report.campaign import Series
from hilbench.report.style import Look

_GROUP_GAP = 0.5
"""Between models, in lines."""
_BESIDE = 0.30
"""Share of the page that names may take beside the jobs; longer ones stand above them."""
_LABEL = 0.40
_GAP_PT = 6.0


@dataclass(frozen=True)
class Heading:
    """The name of a model in `lines`, above its jobs or beside their middle."""

    lines: tuple[str, ...]
    place: float


@dataclass(frozen=True)
class Listing:
    """`places` of the jobs from the top down, 1 to a line, and the `height` of all."""

    labels: tuple[str, ...]
    headings: tuple[Heading, ...]
    places: tuple[float, ...]
    height: float
    above: bool

    def draw(self, axes: Any, look: Look) -> None:
        style, theme = look.style, look.theme
        axes.set_yticks(self.places, self.labels, fontsize=style.small_pt, color=theme.muted)
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(self.height - 0.5, -0.5)
        widest = look.ruler.widest(self.labels, style.small_pt)
        aside = -_GAP_PT - widest - (_GAP_PT if widest and not self.above else 0)
        for heading in self.headings:
            axes.annotate(
                "\n".join(heading.lines), (0, heading.place), (aside, 0),
                xycoords=axes.get_yaxis_transform(), textcoords="offset points",
                ha="left" if self.above else "right",
                va="center" if self.above else "center_baseline",
                fontsize=style.text_pt, linespacing=1.0, zorder=4,
                bbox={"facecolor": theme.background, "edgecolor": "none", "pad": 0.4},
            )  # fmt: skip


def listing(
    jobs: Sequence[tuple[str, Series | None]], look: Look, own: Sequence[str] = ()
) -> Listing:
    """`jobs` are (model, series), those of a model one after the other.

    Where `own` says something it stands in the place of the label of a series.
    """
    style, ruler = look.style, look.ruler
    page_pt = style.width_pt / look.columns
    labels = tuple(
        ruler.fitted(
            mine or (look.campaign.label(series) if series else ""),
            style.small_pt,
            _LABEL * page_pt,
        )
        for mine, (_, series) in zip(own or [""] * len(jobs), jobs, strict=True)
    )
    models = list(dict.fromkeys(model for model, _ in jobs))
    room = _BESIDE * page_pt
    above = ruler.widest([one_line(model) for model in models], style.text_pt) > room
    if above:
        room = page_pt - 4 * _GAP_PT
    names = {model: ruler.wrapped(model, style.text_pt, room) or ["?"] for model in models}
    grouped = any(labels)
    places: list[float] = []
    headings = []
    top = 0.0
    for model, group in groupby(jobs, key=lambda job: job[0]):
        lines = names[model]
        count = len(list(group))
        if above:
            tall = len(lines) * style.text_pt * 1.2 / 72 / style.pitch_in
            headings.append(Heading(tuple(lines), top - 0.5 + tall / 2))
            top += tall
        else:
            headings.append(Heading(tuple(lines), top + (count - 1) / 2))
        places += [top + index for index in range(count)]
        top += count + (_GROUP_GAP if grouped or above else 0)
    height = top - (_GROUP_GAP if places and (grouped or above) else 0)
    return Listing(labels, tuple(headings), tuple(places), max(height, 1.0), above)
