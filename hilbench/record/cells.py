"""Values as cells of a CSV, and back.

A spreadsheet runs a cell that starts with one of =+-@ as a formula, so that text of the device
could fetch or start something there. Such text is written with an apostrophe before it, which
a spreadsheet takes for "this is text"; reading takes it away again.
"""

from __future__ import annotations

import re

_RUN = re.compile(r"'*[=+\-@\t]")
"""What a spreadsheet would run, or what was protected from that already."""

DIGITS = 19
"""Of an integer, at most: 64 bits hold them."""

_INTEGER = re.compile(rf"[-+]?[0-9]{{1,{DIGITS}}}")
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,4})?")
_SHOWN = 40


def of_text(text: str) -> str:
    return f"'{text}" if _RUN.match(text) else text


def text(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _RUN.match(cell) else cell


def integer(cell: str) -> int:
    """Raises ValueError."""
    if not _INTEGER.fullmatch(cell):
        raise ValueError(f"{_shown(cell)} is no whole number of at most {DIGITS} digits")
    return int(cell)


def number(cell: str) -> float:
    """Raises ValueError; infinities and NaN are no numbers of a measurement."""
    if not _NUMBER.fullmatch(cell):
        raise ValueError(f"{_shown(cell)} is no number")
    return float(cell)


def _shown(cell: str) -> str:
    return f"'{cell if len(cell) <= _SHOWN else cell[:_SHOWN] + '...'}'"
