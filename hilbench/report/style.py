"""How every figure looks: themes, colours, markers, sizes, and bytes that repeat."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hilbench.core.text import printable
from hilbench.report.campaign import Campaign, Series
from hilbench.report.fonts import USUAL

WIDTH_IN = 7.0
DPI = 300
MARKERS = ("o", "D", "s", "^", "v", "P", "X", "<", ">", "p", "h", "*")

TITLE_PT = 11.0
TEXT_PT = 9.0
SMALL_PT = 7.5
"""10 px when the PNG is shown 700 px wide: the smallest that is read without zooming."""


@dataclass(frozen=True)
class Theme:
    """Colours as #RRGGBB; `folder` is where the theme's files go below the experiment's.

    `palette` starts from two colours of Okabe and Ito (2008). All of it stands out
    from `background` at 3:1 or more and stays at least 18 apart in CIELAB with
    full, red-, green- or blue-blind sight; a test computes both. `parts` are for
    what adds up within one bar: shades of a colour that no series has, then grey.
    """

    name: str
    folder: str
    background: str
    text: str
    muted: str
    grid: str
    palette: tuple[str, ...]
    parts: tuple[str, ...]


LIGHT = Theme(
    "light", "", "#FFFFFF", "#1A1A1A", "#5A5A5A", "#D9D9D9",
    ("#0072B2", "#D55E00", "#194D3A", "#821771", "#75808A", "#524B14", "#8C1AE6"),
    ("#0B4F4A", "#288D84", "#B9BFC6"),
)  # fmt: skip
DARK = Theme(
    "dark", "dark", "#1E2129", "#E8E8EA", "#B4B7BF", "#3C414D",
    ("#56B4E9", "#F08A3C", "#B3E6C7", "#B34DA2", "#9FA6AD", "#FFB800", "#AE5EED"),
    ("#C2F0EA", "#3AAEA2", "#59616D"),
)  # fmt: skip
THEMES = (LIGHT, DARK)


@dataclass(frozen=True)
class Look:
    """What colour and marker each series of a campaign has in a theme."""

    theme: Theme
    campaign: Campaign

    def colour(self, series: Series) -> str:
        """One per engine and board; where there is only one of these, one per variant."""
        return self.nth_colour(self._nth(series))

    def hollow(self, series: Series) -> bool:
        """Whether `series` has the colour of an earlier one, and is not filled instead."""
        return self._nth(series) // len(self.theme.palette) % 2 == 1

    def marker(self, series: Series) -> str:
        """One per variant."""
        return MARKERS[self._variants.index(series.variant) % len(MARKERS)]

    def marked(self, series: Series) -> dict[str, Any]:
        """How matplotlib draws the points of `series`."""
        colour, background = self.colour(series), self.theme.background
        face, edge, width = (colour, background, 0.6)
        if self.hollow(series):
            face, edge, width = (background, colour, 1.4)
        return {
            "marker": self.marker(series), "color": colour, "markersize": 6.5,
            "markerfacecolor": face, "markeredgecolor": edge, "markeredgewidth": width,
        }  # fmt: skip

    def filled(self, series: Series) -> dict[str, Any]:
        """How matplotlib draws the bars of `series`."""
        colour = self.colour(series)
        if self.hollow(series):
            return {"color": self.theme.background, "edgecolor": colour, "hatch": "/////"}
        return {"color": colour}

    def nth_colour(self, index: int) -> str:
        return self.theme.palette[index % len(self.theme.palette)]

    def _nth(self, series: Series) -> int:
        places = list(dict.fromkeys((s.engine, s.board) for s in self.campaign.series))
        if len(places) > 1:
            return places.index((series.engine, series.board))
        return self._variants.index(series.variant)

    @property
    def _variants(self) -> list[str]:
        return list(dict.fromkeys(s.variant for s in self.campaign.series))


def settings(theme: Theme, families: Sequence[str] = ()) -> dict[str, Any]:
    """matplotlib's settings on top of its own defaults: a user's matplotlibrc changes nothing.

    Text in SVG files stays text, so that it can be searched and read aloud. Nothing in a text
    is markup: a title with $ is a title with $. `families` are fonts beside the usual one.
    """
    return {
        "font.family": [USUAL, *families, "sans-serif"],
        "text.parse_math": False,
        "text.usetex": False,
        "font.size": TEXT_PT,
        "figure.facecolor": theme.background,
        "savefig.facecolor": theme.background,
        "axes.facecolor": theme.background,
        "axes.edgecolor": theme.muted,
        "axes.labelcolor": theme.text,
        "axes.titlesize": TEXT_PT,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "text.color": theme.text,
        "xtick.color": theme.muted,
        "ytick.color": theme.muted,
        "xtick.labelcolor": theme.text,
        "ytick.labelcolor": theme.text,
        "grid.color": theme.grid,
        "grid.linewidth": 0.6,
        "legend.frameon": False,
        "legend.fontsize": TEXT_PT,
        "svg.fonttype": "none",
        "svg.hashsalt": "hilbench",
        "path.simplify": False,
    }


def images(figure: Any) -> Sequence[tuple[str, bytes]]:
    """(file ending, bytes) of a matplotlib figure: no date, no version, so equal when redrawn.

    It is laid out once for both. A character that no font has is a box, and said in the caption.
    """
    no_date = {"Date": None, "Creator": None}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        png = _saved(figure, format="png", dpi=DPI, metadata={"Software": None})
        svg = _saved(figure, format="svg", metadata=no_date)
    # XML knows no control characters, whatever the figure was given.
    return [("png", png), ("svg", printable(svg.decode()).encode())]


def _saved(figure: Any, **how: Any) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, **how)
    return buffer.getvalue()
