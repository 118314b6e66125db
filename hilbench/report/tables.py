"""Results as text: for the README, the terminal and the documentation.

Pure functions of rows; nothing here needs matplotlib.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hilbench.record.metrics import METRICS, Kind, Metric
from hilbench.record.row import IDENTITY, INVOKE, Row, differing
from hilbench.report.comparison import published_markdown
from hilbench.report.text import (
    NONE,
    cell_of,
    kilobytes,
    markdown,
    said_once,
    short,
    shortened,
    spaced,
    whole,
    with_bounds,
)

__all__ = ["columns_markdown", "noted", "published_markdown", "results_markdown", "summary"]

Cells = list[list[str]]


@dataclass(frozen=True)
class Column:
    """A heading and what stands below it; left out where no row has anything to say."""

    heading: str
    cell: Callable[[Row], str]


def _size(name: str) -> Callable[[Row], str]:
    return lambda row: kilobytes(row.get(name))


def _count(name: str) -> Callable[[Row], str]:
    return lambda row: whole(row.get(name))


def _time(kind: str) -> Callable[[Row], str]:
    return lambda row: with_bounds(row) if row.get("exe_kind") == kind else NONE


def instructions_per_mac(row: Row) -> str:
    instructions, macs = row.get("exe_instructions"), row.get("macs")
    return NONE if instructions is None or not macs else f"{float(instructions) / float(macs):.2f}"


def from_tflm(row: Row) -> str:
    """How far the outputs are from those of TensorFlow Lite Micro on the host."""
    lsb, relative = row.get("oracle_max_lsb"), row.get("oracle_max_relative")
    if lsb == 0 or relative == 0:
        return "bit-identical"
    if lsb is not None:
        return f"{lsb} LSB"
    return NONE if relative is None else f"{short(relative)} relative"


_REASON_LENGTH = 80

_EXECUTION = (
    Column("instructions", _count("exe_instructions")),
    Column("per MAC", instructions_per_mac),
    Column("ms (modelled)", _time("modelled")),
    Column("ms (measured)", _time("measured")),
)
_RESULTS = (
    Column("parameters", _count("parameters")),
    Column("MACs", _count("macs")),
    Column("error", lambda row: short(row.get("error_mae"))),
    *_EXECUTION,
    Column("flash kB", _size("flash_bytes")),
    Column("RAM kB", _size("ram_bytes")),
    Column("arena kB", _size("arena_bytes")),
    Column("against TFLM", from_tflm),
)
ACROSS = (
    Column("instructions per MAC", instructions_per_mac),
    *_EXECUTION[2:],
    Column("flash kB", _size("flash_bytes")),
    Column("RAM kB", _size("ram_bytes")),
)
"""What is compared side by side: each fits a network of any size, or is a size itself."""
_SUMMARY = (
    Column("status", lambda row: spaced(str(row["status"]))),
    Column("error", lambda row: short(row.get("error_mae"))),
    *_EXECUTION,
    Column("flash kB", _size("flash_bytes")),
    Column("RAM kB", _size("ram_bytes")),
    Column("against TFLM", from_tflm),
    Column("reason", lambda row: shortened(str(row.get("reason", NONE)), _REASON_LENGTH)),
)


def summary(rows: Sequence[Row]) -> tuple[list[str], Cells]:
    """Headings and cells for the terminal: one line per job.

    The last column is `reason`, where a job is not ok.
    """
    return _cells(rows, _SUMMARY)


_NAMED = 3
"""So many jobs that share a note are named beside it."""


def noted(rows: Sequence[Row]) -> list[str]:
    """What the reader of ok rows must know, a line for each note with the jobs that have it."""
    notes = [(row.job, str(row["notes"])) for row in rows if row.ok and row.get("notes")]
    return [f"note: {line}" for line in said_once(notes, _NAMED)]


def results_markdown(rows: Sequence[Row]) -> str:
    """The results as a Markdown table; kB are of 1024 B and "-" is not measured.

    Jobs that are not ok have empty cells there and their reason below.
    """
    headings, cells = _cells(rows, _RESULTS)
    names = len(_identity(rows))
    text = markdown(headings, cells, names)
    reasons = not_ok(rows)
    return f"{text}\n{reasons}" if reasons else text


def not_ok(rows: Sequence[Row]) -> str:
    """A line with the reason of each job that is not ok; empty where all are."""
    reasons = [
        f"- {cell_of(row.job)}: {cell_of(str(row.get('reason', row['status'])))}\n"
        for row in rows
        if not row.ok
    ]
    return "Not ok:\n\n" + "".join(reasons) if reasons else ""


def _cells(rows: Sequence[Row], wanted: Sequence[Column]) -> tuple[list[str], Cells]:
    """Columns in which no row has a value are left out."""
    said = [column for column in wanted if any(column.cell(row) != NONE for row in rows)]
    columns = [*_identity(rows), *said]
    return [c.heading for c in columns], [[c.cell(row) for c in columns] for row in rows]


def _identity(rows: Sequence[Row]) -> list[Column]:
    """Model and variant; engine, board and optimisation where there are several; the window where
    one has copies."""
    columns = [Column(name, _name(name)) for name in (*IDENTITY[:2], *differing(rows))]
    windows = {row.window for row in rows if row.ok}
    return columns if windows <= {INVOKE} else [*columns, Column("window", _window)]


def _window(row: Row) -> str:
    return row.window if row.ok else NONE


def _name(name: str) -> Callable[[Row], str]:
    return lambda row: row.named(name)


SECTIONS: dict[Kind, str] = {
    "identity": "Which job, and how it ended",
    "model": "The model",
    "accuracy": "Accuracy",
    "instructions": "Execution: instructions, counted on emulated boards",
    "cycles": "Execution: cycles and time",
    "memory": "Memory",
    "provenance": "Where the numbers come from",
}
_INTRODUCTION = """\
# Results files

<!-- Generated from hilbench/record/metrics.py; see adding-a-metric.md. -->

`results/<experiment>.csv` has one row per job, whole at every moment of a run.
pandas reads it in one line: `pandas.read_csv("results/rnn.csv")`.

* An empty cell means "not measured"; 0 is a measured zero.
* Sizes are in bytes here; figures and tables show kB of 1024 B.
* Columns stand in the file in the order listed at the end of this page.
* It is written from `results/journal.sqlite`, which also has what the file has no room for: every
  attempt, every repetition, rows of jobs that the experiment no longer has
  ([campaigns.md](campaigns.md)). A CSV that was changed or deleted by hand is taken as it is.
* `schema` is the version of the file; hilbench refuses files that are newer than itself.
* Text that a spreadsheet would run as a formula (it starts with `=`, `+`, `-`, `@` or a tab) has
  an apostrophe before it; hilbench takes it away when it reads. In pandas:
  `frame["flags"].str.removeprefix("'")`.
* Control characters and marks of writing direction in text are replaced by U+FFFD.
"""


def columns_markdown() -> str:
    """docs/results.md: every column of a results file, from METRICS."""
    sections = [
        f"\n## {title}\n\n" + _reference([m for m in METRICS if m.kind == kind])
        for kind, title in SECTIONS.items()
    ]
    order = ", ".join(f"`{metric.name}`" for metric in METRICS)
    return f"{_INTRODUCTION}{''.join(sections)}\n## All columns, in order\n\n{order}.\n"


def _reference(metrics: Sequence[Metric]) -> str:
    types = {str: "text", int: "integer", float: "number"}
    lines = [[f"`{m.name}`", types[m.type], m.unit or NONE, m.doc] for m in metrics]
    return markdown(["column", "type", "unit", "meaning"], lines, names=4)
