"""How every figure looks: themes, colours, markers, sizes, and bytes that repeat."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, Literal

from hilbench.core.text import printable
from hilbench.report.campaign import Campaign, Series
from hilbench.report.fonts import USUAL
from hilbench.report.presets import WEB, Style, localised
from hilbench.report.ruler import Ruler

if TYPE_CHECKING:
    from hilbench.report.panels import Axis

Fill = Literal["full", "none", "left", "right", "bottom", "top"]
MARKERS = ("o", "D", "s", "^", "v", "P", "X", "<", ">", "p", "h", "*")
FILLS: tuple[Fill, ...] = ("full", "none", "left", "bottom", "right", "top")
HATCHES = ("", "////", "....", "xxxx", "----", "||||", "++++", "oooo")
LINES = ("", "////", "xxxx", "----", "\\\\\\\\", "||||", "++++", "//--")
"""Hatches of lines alone: in an SVG those of dots take a hundred times as much."""
PALE = 0.45
"""Opacity of what is in the background of a figure."""
_MARKER_PER_TEXT = 0.72


@dataclass(frozen=True)
class Theme:
    """Colours as #RRGGBB; `folder` is where the theme's files go below the experiment's.

    `palette` starts from two colours of Okabe and Ito (2008). All of it stands out
    from `background` at 3:1 or more and stays at least 22 apart in CIELAB with
    full, red-, green- or blue-blind sight; a test computes both. In grey print markers,
    their fill and hatches tell series apart. `parts` are for
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
    (
        "#0072B2", "#D55E00", "#6600BB", "#BB8866", "#222277", "#994455",
        "#998899", "#BB55FF", "#AA0000", "#551144", "#2200FF", "#660011",
    ),
    ("#0B4F4A", "#288D84", "#B9BFC6"),
)  # fmt: skip
DARK = Theme(
    "dark", "dark", "#1E2129", "#E8E8EA", "#B4B7BF", "#3C414D",
    (
        "#56B4E9", "#F08A3C", "#AA00FF", "#CCAA77", "#5566CC", "#AA5566",
        "#BBEEFF", "#77FFCC", "#CC3333", "#88AAAA", "#DDEE33", "#776699",
    ),
    ("#C2F0EA", "#3AAEA2", "#59616D"),
)  # fmt: skip
THEMES = (LIGHT, DARK)


@dataclass(frozen=True)
class Look:
    """What each series of a campaign looks like in a theme, and how wide texts are."""

    theme: Theme
    campaign: Campaign
    style: Style = WEB
    numbers: str = "en"
    ruler: Ruler = field(default_factory=Ruler)
    columns: int = 1
    """Panels beside each other on the page."""

    def colour(self, series: Series) -> str:
        """One per engine, board and optimisation; where there is one of these, one per variant."""
        return self.nth_colour(self._nth(series))

    def marker(self, series: Series) -> str:
        """One per variant."""
        return MARKERS[self._variants.index(series.variant) % len(MARKERS)]

    def fill(self, series: Series) -> Fill:
        """One per engine, board and optimisation; without colours, this tells them apart."""
        nth = self._places.index(series.place) % len(FILLS)
        again = self._variants.index(series.variant) // len(MARKERS)
        return FILLS[(nth + again) % len(FILLS)]

    def marked(self, series: Series) -> dict[str, Any]:
        """How matplotlib draws the points of `series`."""
        colour, background = self.colour(series), self.theme.background
        fill = self.fill(series)
        whole = fill == "full"
        return {
            "marker": self.marker(series), "color": colour, "fillstyle": fill,
            "markersize": _MARKER_PER_TEXT * self.style.text_pt,
            "markerfacecolor": background if fill == "none" else colour,
            "markerfacecoloralt": background,
            "markeredgecolor": background if whole else colour,
            "markeredgewidth": 0.6 if whole else 1.2,
        }  # fmt: skip

    def filled(self, series: Series) -> dict[str, Any]:
        """How matplotlib draws the bars of `series`."""
        hatch = HATCHES[self._nth(series) % len(HATCHES)]
        how = {"color": self.colour(series)}
        return {**how, "hatch": hatch, "edgecolor": self.theme.background} if hatch else how

    def part(self, nth: int, of: int) -> dict[str, Any]:
        """How matplotlib draws what adds up: shades, and colours with hatches where these end."""
        if of <= len(self.theme.parts):
            return {"color": self.theme.parts[nth]}
        hatch = LINES[nth % len(LINES)]
        return {"color": self.nth_colour(nth), "hatch": hatch, "edgecolor": self.theme.background}

    def nth_colour(self, index: int) -> str:
        return self.theme.palette[index % len(self.theme.palette)]

    def nth_marker(self, index: int) -> str:
        return MARKERS[index % len(MARKERS)]

    def say(self, axis: Axis, value: float) -> str:
        """A value of `axis` in the language of numbers."""
        return localised(axis.write(value), self.numbers)

    def label(self, series: Series) -> str:
        """The entry of `series` in a legend."""
        width = 0.8 * self.style.width_pt
        return self.ruler.fitted(self.campaign.label(series), self.style.text_pt, width)

    def _nth(self, series: Series) -> int:
        if len(self._places) > 1:
            return self._places.index(series.place)
        return self._variants.index(series.variant)

    @cached_property
    def _places(self) -> list[tuple[str, str, str]]:
        return list(dict.fromkeys(s.place for s in self.campaign.series))

    @cached_property
    def _variants(self) -> list[str]:
        return list(dict.fromkeys(s.variant for s in self.campaign.series))


def settings(theme: Theme, families: Sequence[str] = (), style: Style = WEB) -> dict[str, Any]:
    """matplotlib's settings on top of its own defaults: a user's matplotlibrc changes nothing.

    Text in SVG files stays text, so that it can be searched and read aloud. Nothing in a text
    is markup: a title with $ is a title with $. `families` are fonts beside the usual one.
    """
    return {
        "font.family": [USUAL, *families, "sans-serif"],
        "text.parse_math": False,
        "text.usetex": False,
        "font.size": style.text_pt,
        "figure.facecolor": theme.background,
        "savefig.facecolor": theme.background,
        "axes.facecolor": theme.background,
        "axes.edgecolor": theme.muted,
        "axes.labelcolor": theme.text,
        "axes.titlesize": style.text_pt,
        "axes.linewidth": style.text_pt / 12,
        "xtick.labelsize": style.small_pt,
        "ytick.labelsize": style.small_pt,
        "hatch.linewidth": 0.6,
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
        "legend.fontsize": style.text_pt,
        "svg.fonttype": "none",
        "pdf.fonttype": 42,
        "svg.hashsalt": "hilbench",
        "path.simplify": False,
    }


def images(
    figure: Any, formats: Sequence[str] = ("png", "svg"), dpi: int = WEB.dpi
) -> Sequence[tuple[str, bytes]]:
    """(file ending, bytes) of a matplotlib figure: no date, no version, so equal when redrawn.

    Fonts are in a PDF, and text stays text there and in an SVG. A character that no font has is
    a box, and said in the caption.
    """
    saved = []
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        for ending in formats:
            data = _saved(figure, format=ending, dpi=dpi, **_HOW[ending])
            if ending == "svg":  # XML knows no control characters, whatever the figure was given
                data = named_points(printable(data.decode()), figure).encode()
            saved.append((ending, data))
    return saved


_HOW: dict[str, dict[str, Any]] = {
    "png": {"metadata": {"Software": None}, "pil_kwargs": {"compress_level": 4}},
    "svg": {"metadata": {"Date": None, "Creator": None}},
    "pdf": {"metadata": {"CreationDate": None, "Creator": None, "Producer": None}},
}
"""Level 4 takes half the time of the usual one, for a twentieth more bytes."""


def _saved(figure: Any, **how: Any) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, **how)
    return buffer.getvalue()


def name_points(artist: Any, names: Sequence[str]) -> None:
    """In an SVG, each marker of a matplotlib line says its name under the mouse."""
    axes = artist.axes
    known = axes.figure.__dict__.setdefault(_NAMED, {})
    artist.set_gid(f"{_NAMED}_{len(known) + 1}")
    known[artist.get_gid()] = list(names)


def named_points(svg: str, figure: Any) -> str:
    """`svg` with the names that `name_points` was given."""
    for gid, names in figure.__dict__.get(_NAMED, {}).items():
        start = svg.find(f'<g id="{gid}">')
        end = svg.find("\n   </g>", start)
        group = svg[start:end].split("<use ")
        said = [*names, *[""] * len(group)]
        uses = [_titled(use, name) for use, name in zip(group[1:], said, strict=False)]
        svg = svg[:start] + "<use ".join([group[0], *uses]) + svg[end:]
    return svg


_NAMED = "points"


def _titled(use: str, name: str) -> str:
    attributes, _, rest = use.partition("/>")
    return f"{attributes}><title>{escape(printable(name))}</title></use>{rest}"
