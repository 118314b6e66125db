"""How wide a text is, before it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from hilbench.core import extras
from hilbench.core.text import one_line
from hilbench.report.fonts import USUAL
from hilbench.report.text import wrapped

ELLIPSIS = "..."
_HINTING = 1.03
"""Other resolutions round the widths of letters otherwise."""


class Ruler:
    """Widths in points, in the usual font and `families` for what it lacks."""

    def __init__(self, families: Sequence[str] = ()) -> None:
        self._families = (USUAL, *families)

    def width(self, text: str, size_pt: float, bold: bool = False) -> float:
        return _width(self._families, text, size_pt, bold)

    def widest(self, texts: Sequence[str], size_pt: float) -> float:
        """0 where there are none."""
        return max((self.width(text, size_pt) for text in texts), default=0.0)

    def wrapped(self, text: str, size_pt: float, width_pt: float, bold: bool = False) -> list[str]:
        """Lines of at most `width_pt`, cut between words, and inside those that are longer."""
        return wrapped(text, width_pt, lambda part: self.width(part, size_pt, bold))

    def fitted(self, name: str, size_pt: float, width_pt: float) -> str:
        """On one line; its middle is left out where it is wider."""
        name = one_line(name)
        if self.width(name, size_pt) <= width_pt:
            return name
        low, high = 1, len(name) // 2
        while low < high:
            half = (low + high + 1) // 2
            fits = self.width(_cut(name, half), size_pt) <= width_pt
            low, high = (half, high) if fits else (low, half - 1)
        return _cut(name, low)


def _cut(name: str, half: int) -> str:
    return f"{name[:half]}{ELLIPSIS}{name[-half:]}"


@cache
def _renderer() -> Any:
    return extras.agg_renderer()


@cache
def _font(families: tuple[str, ...], size_pt: float, bold: bool) -> Any:
    weight = "bold" if bold else "normal"
    manager = extras.font_manager()
    return manager.FontProperties(family=list(families), size=size_pt, weight=weight)


_known: dict[tuple[tuple[str, ...], str, float, bool], float] = {}


def _width(families: tuple[str, ...], text: str, size_pt: float, bold: bool) -> float:
    key = (families, text, size_pt, bold)
    if key not in _known:
        if len(_known) > 100_000:
            _known.clear()
        font = _font(families, size_pt, bold)
        _known[key] = _renderer().get_text_width_height_descent(text, font, False)[0] * _HINTING
    return _known[key]
