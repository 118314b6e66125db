"""Draws figures in a process of its own: orders on stdin, a line of JSON each, and so answers.

Run as `python -m hilbench.report.painter`, by hilbench.report.crew. It writes no file: what a
figure's files hold is in the answer. matplotlib is imported once, while there is no order yet.
"""

from __future__ import annotations

import json
import os
import sys
from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter

from hilbench.core import extras
from hilbench.core.errors import HilbenchError
from hilbench.record import store
from hilbench.record.journal import FILE
from hilbench.report import recorded
from hilbench.report.campaign import Campaign, campaign
from hilbench.report.drawing import chosen_kinds, painted
from hilbench.report.drawn import shown_by
from hilbench.report.page import nothing_of
from hilbench.report.presets import Asked


@dataclass(frozen=True)
class Source:
    """Whose figures: rows of `csv`, with its journal, under `title`, without some models.

    `here` is the folder that the project is looked for from.
    """

    csv: Path
    title: str
    leave_out: tuple[str, ...]
    here: Path

    def campaign(self) -> Campaign:
        """Raises StoreError."""
        journal = self.csv.parent / FILE
        return _campaign(self, *(_stamp(path) for path in (self.csv, journal)))


@lru_cache(maxsize=1)
def _campaign(source: Source, *_: object) -> Campaign:
    rows = store.read(source.csv)
    return campaign(source.title, rows, source.leave_out, recorded.read(source.csv, rows))


def _stamp(path: Path) -> tuple[int, int]:
    """Another one where the file is another."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


@dataclass(frozen=True)
class Order:
    """One figure of `source`, unless it shows what `known` says."""

    source: Source
    asked: Asked
    figure: str
    known: str = ""


@dataclass(frozen=True)
class Answer:
    """`shows` is what is drawn: of `files`, by their path below the figures' folder, in base64.

    No files where there is nothing to show, or nothing new. `error` says what went wrong.
    """

    shows: str = ""
    files: dict[str, str] | None = None
    error: str = ""
    remedy: str = ""


def answer(order: Order) -> Answer:
    try:
        wanted = order.source.campaign()
        [kind] = chosen_kinds([order.figure])
        if kind.optional and nothing_of(kind, wanted):
            return Answer()
        shows = shown_by(kind, wanted, order.asked)
        if shows == order.known:
            return Answer(shows)
        files = painted(kind, wanted, order.asked)
    except HilbenchError as error:
        return Answer(error=error.message, remedy=error.remedy)
    return Answer(shows, {name: b64encode(data).decode() for name, data in files.items()})


ORDERS, ANSWERS = TypeAdapter(Order), TypeAdapter(Answer)


def main() -> None:
    """What a figure of others prints goes to the log, not among the answers."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        extras.pyplot()
        for line in sys.stdin.buffer:
            order = ORDERS.validate_json(line)
            os.chdir(order.source.here)
            answers.write(json.dumps(ANSWERS.dump_python(answer(order))).encode() + b"\n")
            answers.flush()


if __name__ == "__main__":
    main()
