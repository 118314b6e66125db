"""Numbers as people read them: kB of 1024 B, thousands, short errors, tables."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from hilbench.core.text import and_more, one_line
from hilbench.record.metrics import Value
from hilbench.record.row import Row

NONE = "-"
"""In a table: not measured."""


def said_once(said: Iterable[tuple[str, str]], shown: int = 1) -> list[str]:
    """Of pairs of a name and what is said of it: a line for each text, behind its first names."""
    names: dict[str, list[str]] = {}
    for name, text in said:
        names.setdefault(text, []).append(name)
    return [f"{and_more(those, shown)}: {text}" for text, those in names.items()]


def kilobytes(count: Value | None) -> str:
    """Bytes as kB of 1024 B with one decimal."""
    return NONE if count is None else f"{float(count) / 1024:,.1f}"


def whole(count: Value | None) -> str:
    """An integer with its thousands apart."""
    return NONE if count is None else f"{int(count):,}"


def short(value: Value | None) -> str:
    """Three significant digits: 0.00578, 2.08e-08, 12.4."""
    return NONE if value is None else f"{float(value):.3g}"


def milliseconds(value: Value | None) -> str:
    """Four significant digits, never an exponent: 0.107, 377.2, 13,405."""
    if value is None:
        return NONE
    number = float(value)
    decimals = 0 if number >= 1000 else 1 if number >= 100 else 2 if number >= 10 else 3
    return f"{number:,.{decimals}f}"


def rough(value: float) -> str:
    """An end of a range, two significant digits or whole: 0.018, 1.2, 90, 1,234."""
    if value >= 10:
        return f"{value:,.0f}"
    decimals = 1 if value >= 1 else 1 - math.floor(math.log10(value)) if value > 0 else 0
    return f"{value:.{decimals}f}"


def with_bounds(row: Row) -> str:
    """ "97.10 (90-108)": milliseconds, with their bounds where those were modelled."""
    said = milliseconds(row.get("exe_ms"))
    ends = row.bounds_ms
    return said if ends is None else f"{said} ({rough(ends[0])}-{rough(ends[1])})"


def times(ours: Value | None, theirs: Value | None) -> str:
    """ours / theirs, or "-" where that says nothing."""
    if ours is None or not theirs:
        return NONE
    return short(float(ours) / float(theirs))


def si(value: float) -> str:
    """A tick of an axis of counts: 20k, 1M."""
    for unit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= unit:
            return f"{value / unit:g}{name}"
    return f"{value:g}"


def tenths(value: float) -> str:
    """One decimal, thousands apart: 1,234.5."""
    return f"{value:,.1f}"


def plain(value: float) -> str:
    """A tick of an axis with a unit of its own: 0.1, 50, 2,000."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"


def shortened(text: str, length: int) -> str:
    """On one line of at most `length` characters, cut between words."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 4].rsplit(" ", 1)[0] + " ..."


def columns_of(text: str) -> int:
    """Its width in narrow characters: those of Chinese, Japanese and Korean count two."""
    return sum(1 + (unicodedata.east_asian_width(character) in "WF") for character in text)


def wrapped(text: str, width: float, measure: Callable[[str], float] = columns_of) -> list[str]:
    """Lines of at most `width`, cut between words, and inside those that are longer."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        if line and measure(f"{line} {word}") <= width:
            line = f"{line} {word}"
            continue
        if line:
            lines.append(line)
        line = ""
        if measure(word) <= width:
            line = word
            continue
        for character in word:
            if line and measure(line + character) > width:
                lines.append(line)
                line = ""
            line += character
    return [*lines, line] if line else lines


def spaced(name: str) -> str:
    """int8_only -> int8 only."""
    return name.replace("_", " ")


def cell_of(text: str) -> str:
    """Text inside a Markdown table: on one line, and no HTML but what it says."""
    return one_line(text).replace("|", "\\|").replace("<", "&lt;")


def markdown(columns: Sequence[str], rows: Iterable[Sequence[str]], names: int = 1) -> str:
    """A Markdown table; the first `names` columns are flush left, the rest right."""
    rule = ["---" if index < names else "---:" for index in range(len(columns))]
    lines = [columns, rule, *([cell_of(text) for text in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
