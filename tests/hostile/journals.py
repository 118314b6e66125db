"""A small journal, and all that can be read of one."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from hilbench.record.journal import FILE, Journal, Plan, Samples
from hilbench.record.journal.history import history
from hilbench.record.journal.overview import overview
from hilbench.record.journal.reading import campaign, repetitions
from hilbench.record.journal.rows import text_of
from hilbench.record.row import Row

ROW = Row({"schema": 2, "experiment": "mine", "experiment_file": "mine.yaml", "model": "a",
           "variant": "basic", "engine": "aot", "board": "b", "status": "ok",
           "decided_by": "0"})  # fmt: skip


def made(folder: Path) -> Path:
    """One job, measured in one campaign and kept in the next."""
    plan = Plan(ROW["experiment"], "mine.yaml", (ROW.job,), (ROW.job,))
    for _ in range(2):
        with Journal.open(folder).begin(plan) as begun:
            attempt = begun.attempt(ROW.job)
            if found := begun.row(ROW.job):
                attempt.kept(*found)
            else:
                attempt.did("measure", 0.5, False)
                attempt.ended(ROW, [Samples("ticks", 9, (5, 6), 1)])
    with closing(sqlite3.connect(folder / FILE)) as whole:
        whole.execute("PRAGMA journal_mode = DELETE")  # all of it in one file
    return folder / FILE


def content() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return made(Path(folder)).read_bytes()


def read(path: Path) -> object:
    """As status, history, compare and report read it."""
    return overview(path), history(path, "*"), campaign(path), repetitions(path, "mine")


def text() -> str:
    """The row as the journal has it."""
    return text_of(ROW)[0]
