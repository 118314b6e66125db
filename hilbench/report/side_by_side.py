"""The same model and variant under two engines, on the same board."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hilbench.record.metrics import Value
from hilbench.record.row import IDENTITY, USUAL_OPTIMISATION, Row, differing
from hilbench.report.frame import ROW, frame
from hilbench.report.tables import from_tflm
from hilbench.report.text import (
    NONE,
    cell_of,
    kilobytes,
    markdown,
    said_once,
    short,
    times,
    whole,
    with_bounds,
)


@dataclass(frozen=True)
class Quantity:
    """A column of the results; of cycles, only those of one `kind` are compared.

    `name` is for axes, `unit` goes behind it in tables. `timed` says that it depends on what
    the timed window holds.
    """

    name: str
    column: str
    write: Callable[[Value | None], str]
    unit: str = ""
    kind: str = ""
    timed: bool = False

    def of(self, row: Row) -> Value | None:
        """The row's value, unless it was not measured or is of another kind."""
        return row.get(self.column) if self.kind in ("", row.get("exe_kind")) else None


@dataclass(frozen=True)
class Pair:
    """A job and the same job under another engine."""

    first: Row
    other: Row

    @property
    def ok(self) -> bool:
        return self.first.ok and self.other.ok

    @property
    def same_window(self) -> bool:
        return self.first.window == self.other.window

    @property
    def undecided(self) -> bool:
        """Whether the bounds of two modelled times overlap."""
        ours, theirs = self.first.bounds_ms, self.other.bounds_ms
        if ours is None or theirs is None or not self.same_window:
            return False
        return ours[0] <= theirs[1] and theirs[0] <= ours[1]

    def ratio(self, quantity: Quantity) -> float | None:
        """other / first, where both have the number, of one window, and the first is not 0."""
        if quantity.timed and not self.same_window:
            return None
        ours, theirs = quantity.of(self.first), quantity.of(self.other)
        if ours is None or theirs is None or not float(ours):
            return None
        return float(theirs) / float(ours)


COSTS = (
    Quantity("Instructions", "exe_instructions", whole, timed=True),
    Quantity("Cycles, modelled", "exe_cycles", whole, kind="modelled", timed=True),
    Quantity("Cycles, measured", "exe_cycles", whole, kind="measured", timed=True),
    Quantity("Flash", "flash_bytes", kilobytes, " kB"),
    Quantity("RAM", "ram_bytes", kilobytes, " kB"),
    Quantity("Arena", "arena_bytes", kilobytes, " kB"),
)
_ERROR = Quantity("Error", "error_mae", short)


def pairs(rows: Sequence[Row]) -> list[Pair]:
    """Every row of the first row's engine with its like under each other engine."""
    if not rows:
        return []
    table = frame(rows, IDENTITY).fillna({"optimisation": USUAL_OPTIMISATION})
    same = [name for name in table if name not in ("engine", ROW)]
    ours = table[table["engine"] == rows[0]["engine"]]
    theirs = table[table["engine"] != rows[0]["engine"]]
    joined = ours.merge(theirs, on=same, suffixes=("", "_other")).sort_values([ROW, f"{ROW}_other"])
    return [
        Pair(rows[first], rows[other])
        for first, other in zip(joined[ROW], joined[f"{ROW}_other"], strict=True)
    ]


def side_by_side_markdown(rows: Sequence[Row]) -> str:
    """A Markdown table with a line per pair, for each two engines; kB are of 1024 B.

    Below are the libraries that were linked, and why jobs are not ok: their cells are empty.
    """
    found = pairs(rows)
    if not found:
        return "No model ran under two engines on the same board.\n"
    others = dict.fromkeys(str(pair.other["engine"]) for pair in found)
    text = "\n".join(_table([p for p in found if p.other["engine"] == name]) for name in others)
    return (
        text
        + _listed("Closer than the cycle model is sure (ms):", _undecided(found))
        + _listed("Other windows, so that times are not compared:", _windows(found))
        + _listed("Linked:", _libraries(rows))
        + _listed("Not ok:", _failures(rows))
    )


def _listed(heading: str, lines: Sequence[str]) -> str:
    return (
        "".join((f"\n{heading}\n\n", *(f"- {cell_of(line)}\n" for line in lines))) if lines else ""
    )


def _undecided(found: Sequence[Pair]) -> list[str]:
    return [
        f"{pair.first['model']}/{pair.first['variant']}: "
        + ", ".join(f"{row['engine']} {with_bounds(row)}" for row in (pair.first, pair.other))
        for pair in found
        if pair.undecided
    ]


def _windows(found: Sequence[Pair]) -> list[str]:
    """The pairs that are timed differently."""
    rows = [row for p in found if p.ok and not p.same_window for row in (p.first, p.other)]
    return list(dict.fromkeys(f"{row.job}: {row.window}" for row in rows))


def _libraries(rows: Sequence[Row]) -> list[str]:
    linked = (
        "; ".join([f"{row['engine']}: {row['library']}", *_said(row.get("library_build"))])
        for row in rows
        if "library" in row
    )
    return list(dict.fromkeys(linked))


def _said(value: Value | None) -> list[str]:
    return [] if value is None else [str(value)]


def _failures(rows: Sequence[Row]) -> list[str]:
    """Each reason once, with the first of its jobs."""
    return said_once((r.job, str(r.get("reason", r["status"]))) for r in rows if not r.ok)


def _table(found: Sequence[Pair]) -> str:
    """All pairs of the same two engines."""
    engines = [str(found[0].first["engine"]), str(found[0].other["engine"])]
    firsts = [pair.first for pair in found]
    identity = [*IDENTITY[:2], *differing(firsts, ("board", "optimisation"))]
    costs = [c for c in COSTS if any(c.of(row) for p in found for row in (p.first, p.other))]
    headings = list(identity)
    for cost in costs:
        headings += [f"{cost.name}{cost.unit}, {engines[0]}", engines[1], "ratio"]
    headings += [f"{_ERROR.name}, {engines[0]}", engines[1]]
    headings += [f"From TFLM on the host, {engines[0]}", engines[1]]
    lines = [[p.first.named(name) for name in identity] + _cells(p, costs) for p in found]
    return markdown(headings, lines, names=len(identity))


def _cells(pair: Pair, costs: Sequence[Quantity]) -> list[str]:
    both = (pair.first, pair.other)
    cells: list[str] = []
    for cost in costs:
        cells += [cost.write(cost.of(row)) for row in both]
        ratio = pair.ratio(cost)
        cells.append(NONE if ratio is None else times(ratio, 1))
    return cells + [_ERROR.write(_ERROR.of(row)) for row in both] + [from_tflm(r) for r in both]
