"""Where the command line writes: results to stdout, everything else to stderr."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

_NUMBER = re.compile(r"-?[\d,]+(\.\d+)?(e[-+]?\d+)?")

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def fail(message: str) -> None:
    """One line that says what is wrong; never wrapped, so that it can be searched for."""
    err.print(f"[bold red]hilbench:[/] {escape(message)}", soft_wrap=True)


def print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, indent=2) + "\n")


def print_text(text: str) -> None:
    """As it is: no markup, no wrapping."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str = "") -> None:
    """Aligned columns; numbers to the right. Plain text when not on a terminal."""
    body = [list(row) for row in rows]
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for index, column in enumerate(columns):
        numeric = all(_is_number(row[index]) for row in body)
        # The last column may hold a sentence; the others stay whole.
        last = index == len(columns) - 1
        table.add_column(column, justify="right" if numeric else "left", no_wrap=not last)
    for row in body:
        table.add_row(*(escape(cell) for cell in row))
    Console(highlight=False, width=None if out.is_terminal else 500).print(table)


def _is_number(cell: str) -> bool:
    return cell in ("", "-") or _NUMBER.fullmatch(cell) is not None
