"""The same model and variant under two engines, on the same board."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hilbench.record.metrics import Value
from hilbench.record.row import Row
from hilbench.report.tables import from_tflm
from hilbench.report.text import kilobytes, markdown, short, times, whole


@dataclass(frozen=True)
class Pair:
    """A job and the same job under the engine that came first."""

    first: Row
    other: Row

    def ratio(self, column: str) -> float | None:
        """other / first, where both have numbers of one kind and the first is not 0."""
        ours, theirs = self.first.get(column), self.other.get(column)
        if ours is None or theirs is None or not float(ours):
            return None
        if column.startswith("exe_") and self.first["exe_kind"] != self.other["exe_kind"]:
            return None
        return float(theirs) / float(ours)


def pairs(rows: Sequence[Row]) -> list[Pair]:
    """All pairs of engines, in the order of the rows; the engine of the first row is the first."""
    engines = list(dict.fromkeys(str(row["engine"]) for row in rows))
    by_job = {row.job: row for row in rows}
    return [
        Pair(row, by_job[same])
        for row in rows
        if row["engine"] == engines[0]
        for engine in engines[1:]
        if (same := _job(row, engine)) in by_job
    ]


def _job(row: Row, engine: str) -> str:
    return f"{row['model']}/{row['variant']}/{engine}/{row['board']}"


@dataclass(frozen=True)
class Compared:
    """A column of both rows and their ratio; `heading` has the unit."""

    heading: str
    column: str
    write: Callable[[Value | None], str]


COMPARED = (
    Compared("instructions", "exe_instructions", whole),
    Compared("cycles", "exe_cycles", whole),
    Compared("flash kB", "flash_bytes", kilobytes),
    Compared("RAM kB", "ram_bytes", kilobytes),
    Compared("arena kB", "arena_bytes", kilobytes),
    Compared("error", "error_mae", short),
)


def side_by_side_markdown(rows: Sequence[Row]) -> str:
    """A Markdown table with a line per pair; says so where there is none.

    Jobs that are not ok have empty cells, and their reason below.
    """
    found = pairs(rows)
    if not found:
        return "No model ran under two engines on the same board.\n"
    said = [c for c in COMPARED if any(c.column in r for p in found for r in (p.first, p.other))]
    headings = ["model", "variant", "board", "engines"]
    for compared in said:
        headings += [compared.heading, "", "ratio"]
    headings += ["from TFLM on the host", ""]
    text = markdown(headings, (list(_line(pair, said)) for pair in found), names=4)
    reasons = [f"- {row.job}: {row.get('reason', row['status'])}\n" for row in rows if not row.ok]
    return text + ("\nNot ok:\n\n" + "".join(reasons) if reasons else "")


def _line(pair: Pair, said: Sequence[Compared]) -> Iterator[str]:
    for name in ("model", "variant", "board"):
        yield str(pair.first[name])
    yield f"{pair.first['engine']}, {pair.other['engine']}"
    for compared in said:
        yield compared.write(pair.first.get(compared.column))
        yield compared.write(pair.other.get(compared.column))
        yield times(pair.ratio(compared.column), 1)
    yield from_tflm(pair.first)
    yield from_tflm(pair.other)
