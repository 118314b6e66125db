"""Which fonts a figure needs for its text, and which characters none here has.

DejaVu Sans comes with matplotlib and has Latin, Greek, Cyrillic and more, so that figures are
the same everywhere. Only text that it lacks (Chinese, say) asks for what this computer has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from hilbench.core import extras

USUAL = "DejaVu Sans"
_NO_LETTERS = ("Last Resort", "STIXNonUnicode", "STIXSize", "cm")
"""Fonts whose glyphs stand for something else than their characters."""

_SHOWN = 3


@dataclass(frozen=True)
class Fonts:
    """`families` beside the usual one; `lacking` are the characters that none of them has."""

    families: tuple[str, ...] = ()
    lacking: str = ""

    @property
    def note(self) -> str:
        """What a caption says of `lacking`; "" when there is nothing to say."""
        if not self.lacking:
            return ""
        codes = [f"U+{ord(character):04X}" for character in self.lacking[:_SHOWN]]
        if (more := len(self.lacking) - _SHOWN) > 0:
            codes.append(f"and {more} more")
        return (
            f"No font on this computer has {' '.join(codes)}: boxes here, text in the SVG. "
            "Install one (Debian: fonts-noto-cjk) and draw again."
        )


def needed(texts: Iterable[str]) -> Fonts:
    """Greedy: the font that has most of what is still missing, then the next."""
    missing = {character for text in texts for character in text if not character.isascii()}
    missing -= _characters(_path(USUAL)) if missing else set()
    families: list[str] = []
    while missing:
        name, found = _best(frozenset(missing))
        if not found:
            break
        families.append(name)
        missing -= found
    visible = sorted(character for character in missing if not character.isspace())
    return Fonts(tuple(families), "".join(visible))


@cache
def _best(missing: frozenset[str]) -> tuple[str, frozenset[str]]:
    """The installed font with most of `missing`, one without serifs before others."""
    best: tuple[str, frozenset[str]] = ("", frozenset())
    for name, path in _installed():
        if len(found := missing & _characters(path)) > len(best[1]):
            best = (name, found)
    return best


@cache
def _installed() -> tuple[tuple[str, str], ...]:
    entries = {
        entry.name: entry.fname
        for entry in extras.font_manager().fontManager.ttflist
        if entry.style == "normal" and not entry.name.startswith(_NO_LETTERS)
    }
    return tuple(sorted(entries.items(), key=lambda item: ("Sans" not in item[0], item[0])))


def _path(name: str) -> str:
    return str(extras.font_manager().findfont(name))


@cache
def _characters(path: str) -> frozenset[str]:
    try:
        charmap = extras.ft2font(path).get_charmap()
    except (OSError, RuntimeError):  # a font file that is broken has none
        return frozenset()
    return frozenset(map(chr, charmap))
