"""Text that others wrote, made harmless where it enters and once more where it leaves.

A model's name, an error of the firmware, a line of a tool's log, a cell of a CSV: any of them
may hold characters that move a cursor, rename a window, reverse what is read, or that no XML
file may contain. They are replaced by U+FFFD, so that it is seen that something was there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

REPLACEMENT = "\ufffd"

_COLOUR = re.compile(r"\x1b\[[\d;]*m")

_UNSAFE = re.compile(
    r"["
    r"\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and newline, DEL, C1
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks and embeddings of direction
    r"\u2028\u2029"  # separators of lines and paragraphs
    r"\ud800-\udfff"  # halves of a character: file names that are not UTF-8 have them
    r"\ufffe\uffff"  # no characters
    r"]"
)


def printable(text: str) -> str:
    """`text` with every character replaced that does more than stand for itself.

    Newlines and tabs stay; CR before a newline goes.
    """
    return _UNSAFE.sub(REPLACEMENT, text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """The same on one line, its white space made single spaces."""
    return " ".join(printable(text).split())


def said(error: Exception) -> list[str]:
    """The lines of an exception's message that say something, without colours of a terminal. Keras
    writes the layer before it and what it was called with behind it."""
    lines = [line.strip() for line in _COLOUR.sub("", str(error)).splitlines()]
    ends = [n for n, line in enumerate(lines) if line.startswith("Arguments received by ")]
    plain = [line for line in lines[: min(ends, default=len(lines))] if line]
    inner = [line for line in plain if not line.startswith("Exception encountered when calling ")]
    return inner or plain


def and_more(names: Sequence[str], shown: int = 1) -> str:
    """ "a", "a and 2 more"; with 2 shown "a, b and 1 more" """
    first, more = ", ".join(names[:shown]), len(names) - shown
    return f"{first} and {more} more" if more > 0 else first


def counted(count: int, noun: str, plural: str = "") -> str:
    """ "1 job", "2 jobs", "1,000 entries" """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
