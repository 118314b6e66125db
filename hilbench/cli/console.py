"""Where the command line writes: results to stdout, everything else to stderr."""

from __future__ import annotations

import json
import logging
import os
import re
import shlex
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from hilbench.core.text import one_line, printable

Cell = str | int | float

_NUMBER = re.compile(r"-?[\d,]+(\.\d+)?(e[-+]?\d+)?")
GAP = "  "


def command_line() -> str:
    """What was typed, on one line."""
    return one_line(shlex.join(["hilbench", *sys.argv[1:]]))


class Printable(Console):
    """A console that prints what others wrote, and obeys none of it."""

    def render_str(self, text: str, **how: Any) -> Text:
        return super().render_str(printable(text), **how)


out = Printable(highlight=False, emoji=False)
err = Printable(stderr=True, highlight=False, emoji=False)


class Output:
    """A stdout that remembers that it could not be written."""

    def __init__(self, stream: TextIO | None) -> None:
        """Without a stream, because stdout is closed, everything fails."""
        self._stream = stream or os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
        self.failed = False

    def write(self, text: str) -> int:
        with self._noted():
            return self._stream.write(text)

    def flush(self) -> None:
        with self._noted():
            self._stream.flush()

    def drop(self) -> None:
        """Forget what could not be written, or Python tries again at its end."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())

    @contextmanager
    def _noted(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            self.failed = True
            raise

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def fail(message: str) -> None:
    """One line that says what is wrong; never wrapped, so that it can be searched for."""
    err.print(f"[bold red]hilbench:[/] {escape(message)}", soft_wrap=True)


def say(message: str) -> None:
    """A remark beside the results; never wrapped, no markup."""
    err.print(printable(message), markup=False, soft_wrap=True)


class _Remarks(logging.Handler):
    """What the package logs is said beside the results."""

    def emit(self, record: logging.LogRecord) -> None:
        said = self.format(record)
        say(said if record.levelno > logging.INFO else f"{clock()} {said}")


@contextmanager
def listening(level: int) -> Iterator[None]:
    """Say what hilbench logs from `level` on, for the time of one command."""
    logger = logging.getLogger("hilbench")
    before = logger.level
    remarks = _Remarks(level)
    logger.setLevel(min(level, logging.WARNING))
    logger.addHandler(remarks)
    try:
        yield
    finally:
        logger.removeHandler(remarks)
        logger.setLevel(before)


def duration(seconds: float) -> str:
    """ "1:02:03" """
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def clock() -> str:
    """The local time, "19:40:12"."""
    return time.strftime("%H:%M:%S")


def print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, indent=2) + "\n")


def print_text(text: str) -> None:
    """As it is: no markup, no wrapping."""
    text = printable(text)
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Cell]], title: str = "") -> None:
    """Aligned columns; numbers to the right. Plain text when not on a terminal.

    On a terminal that is too narrow names of columns and the last column, which may hold a
    sentence, are wrapped between words. Where that does not help there is a list of each row: a
    number with its end cut off is another number.
    """
    names = [one_line(name) for name in columns]
    body = [[one_line(written(cell)) for cell in row] for row in rows]
    numeric = [all(_is_number(row[index]) for row in body) for index in range(len(names))]
    widths = [max(map(cell_len, column)) for column in zip(names, *body, strict=True)]
    if not out.is_terminal or sum(widths) + len(GAP) * (len(widths) - 1) <= out.width:
        _print_whole(names, body, title, numeric, widths)
    elif body and _narrowest(names, body) > out.width:
        print_text("\n".join(_listed(names, row, out.width) for row in body))
    else:
        _print_wrapped(names, body, title, numeric)


def _narrowest(names: Sequence[str], body: Sequence[Sequence[str]]) -> int:
    """The width that a table needs where its names and its last column are wrapped."""
    columns: list[list[str]] = [name.split() for name in names]
    for row in body:
        for column, cell in zip(columns, row, strict=True):
            column.extend(cell.split() if column is columns[-1] else [cell])
    return sum(max(map(cell_len, each), default=0) + len(GAP) for each in columns) - len(GAP)


def _print_whole(
    names: Sequence[str],
    body: Sequence[Sequence[str]],
    title: str,
    numeric: Sequence[bool],
    widths: Sequence[int],
) -> None:
    """A line for each row: what rich would print, in a twentieth of its time."""
    lines = []
    for row in (names, *body):
        cells = []
        for cell, right, width in zip(row, numeric, widths, strict=True):
            blank = " " * (width - cell_len(cell))
            cells.append(blank + cell if right else cell + blank)
        lines.append(GAP.join(cells).rstrip())
    if title:
        out.print(Text(printable(title), "italic"), soft_wrap=True)
    out.print(Text(lines[0], "bold"), soft_wrap=True)
    if body:
        print_text("\n".join(lines[1:]))


def _print_wrapped(
    names: Sequence[str], body: Sequence[Sequence[str]], title: str, numeric: Sequence[bool]
) -> None:
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for index, name in enumerate(names):
        last = index == len(names) - 1
        justify: JustifyMethod = "right" if numeric[index] else "left"
        table.add_column("\n".join(name.split()), justify=justify, no_wrap=not last)
    for row in body:
        table.add_row(*(escape(cell) for cell in row))
    out.print(table)


def _listed(columns: Sequence[str], row: Sequence[str], width: int) -> str:
    """The first cell, and below it every other one that says something, named: as many in a line
    as fit."""
    lines = [row[0], ""]
    for name, cell in zip(columns[1:], row[1:], strict=True):
        if cell in ("", "-"):
            continue
        longer = f"{lines[-1]}{GAP}{name} {cell}"
        if cell_len(longer) > width and lines[-1]:
            lines.append(f"{GAP}{name} {cell}")
        else:
            lines[-1] = longer
    return "\n".join(filter(None, lines))


def written(cell: Cell) -> str:
    """A number with its thousands apart."""
    return cell if isinstance(cell, str) else f"{cell:,}"


def _is_number(cell: str) -> bool:
    return cell in ("", "-") or _NUMBER.fullmatch(cell) is not None
