"""Where a figure goes decides its size: a column, a page, a slide, a README.

A preset of one's own is `STYLE = Style(...)` in `styles/*.py` of the project folder, or an
entry point of the group `hilbench.styles`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from hilbench.core import doors
from hilbench.core.errors import UsageError
from hilbench.core.registry import lookup, nearest

POINTS = 72.0
"""Of an inch, as in typesetting programs and CSS; TeX's own pt is 0.4 % smaller."""
_WIDTHS_PT = (180.0, 1500.0)
FORMATS = ("png", "svg", "pdf")
NUMBERS = {"en": (",", "."), "de": (".", ","), "fr": ("\u202f", ","), "si": ("\u202f", ".")}
"""Languages of numbers: what parts thousands, and decimals."""


@dataclass(frozen=True)
class Style:
    """Sizes on paper, in points of 1/72 inch.

    Fonts: `title_pt`, `text_pt` of labels, `small_pt` of ticks and small print. A figure is at
    most `tallest_pt` high, and always that if `fixed`. `titled`, `captioned`: whether the
    picture holds title and caption, where nothing else is asked for.
    """

    name: str
    width_pt: float
    tallest_pt: float
    title_pt: float
    text_pt: float
    small_pt: float
    dpi: int = 300
    fixed: bool = False
    titled: bool = True
    captioned: bool = True

    @property
    def width_in(self) -> float:
        return self.width_pt / POINTS

    @property
    def tallest_in(self) -> float:
        return self.tallest_pt / POINTS

    @property
    def pitch_in(self) -> float:
        """From one line of small text in a list to the next."""
        return 1.75 * self.small_pt / POINTS

    @property
    def line_in(self) -> float:
        """The same in running text."""
        return 1.42 * self.small_pt / POINTS

    def em(self, count: float) -> float:
        """Inches of `count` times the size of the text."""
        return count * self.text_pt / POINTS


COLUMN = Style("column", 252, 640, 9, 8, 7, titled=False, captioned=False)
"""IEEE; of ACM's `sigconf` it is `--width 241`."""
PAGE = Style("page", 516, 640, 9.5, 8.5, 7.5, titled=False, captioned=False)
SLIDE = Style("slide", 960, 540, 24, 16, 13, dpi=150, fixed=True, captioned=False)
WEB = Style("web", 504, 1_750, 11, 9, 7.5)
"""7.5 pt are 10 px when the picture is shown 700 px wide: the least that is read unzoomed."""
STYLES = (COLUMN, PAGE, SLIDE, WEB)


@dataclass(frozen=True)
class Asked:
    """How figures are wanted. `title` None: the campaign's. `captioned` None: as the style has."""

    style: Style = WEB
    formats: tuple[str, ...] = ("png", "svg")
    title: str | None = None
    captioned: bool | None = None
    numbers: str = "en"

    @property
    def titled(self) -> bool:
        return self.style.titled if self.title is None else bool(self.title)

    @property
    def has_caption(self) -> bool:
        return self.style.captioned if self.captioned is None else self.captioned


def found_styles() -> Mapping[str, Style]:
    """Those of hilbench, of packages and of the project. Raises UsageError."""
    own = [doors.Found(style.name, doors.OWN, cast(object, style)) for style in STYLES]
    named = doors.by_name("styles", [*own, *doors.objects("styles", None, "STYLE", Style)])
    return {name: cast(Style, thing) for name, thing in doors.things(named).items()}


def asked(
    style: str = WEB.name,
    width_pt: float | None = None,
    formats: str = "png,svg",
    title: str | None = None,
    captioned: bool | None = None,
    numbers: str = "en",
) -> Asked:
    """What a user's words mean. Raises UsageError."""
    chosen = lookup("style", style, found_styles())
    if width_pt is not None:
        low, high = _WIDTHS_PT
        if not low <= width_pt <= high:
            raise UsageError(
                f"a figure cannot be {width_pt:g} pt wide", remedy=f"{low:g} to {high:g} pt"
            )
        chosen = replace(chosen, width_pt=width_pt)
    wanted = tuple(dict.fromkeys(word.strip() for word in formats.split(",") if word.strip()))
    for word in wanted or ("",):
        if word not in FORMATS:
            raise UsageError(f"unknown format '{word}'", remedy=nearest(word, FORMATS))
    lookup("language of numbers", numbers, NUMBERS)
    return Asked(chosen, wanted, title, captioned, numbers)


def localised(text: str, numbers: str) -> str:
    """A written number in another language: 1,234.5 is 1.234,5 in German."""
    thousands, decimals = NUMBERS[numbers]
    return text.translate({ord(","): thousands, ord("."): decimals})
