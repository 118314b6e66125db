"""Every row beside the published EdgeMark campaign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from hilbench.record.metrics import Value
from hilbench.record.row import IDENTITY, INVOKE, Row, differing
from hilbench.report import published
from hilbench.report.frame import ROW, frame
from hilbench.report.text import (
    NONE,
    kilobytes,
    markdown,
    milliseconds,
    short,
    times,
    with_bounds,
)

COMPARABLE = """\
Published: TensorFlow Lite Micro with CMSIS-NN on a NUCLEO-L4R5ZI at 120 MHz, -O3 (EdgeMark).
Ratios are hilbench / published; "-" is not measured or not published; kB are of 1024 B.

* Models, parameters and MACs are the same; the weights are not, since each side trained its own.
* Flash and RAM are whole programs on both sides. The published flash is `text` and the published
  RAM is `bss` alone; hilbench adds `data` to both and the reserved stack to RAM.
  The published base program without a model takes 27.3 kB of flash and 3.5 kB of RAM.
* Error: the published harness truncates when it quantizes inputs and expected outputs, prints five
  decimals (so `basic` is 0), and reuses the first training samples. `error` rounds and uses
  samples that calibration has not seen; `error as published` repeats the published way.
* Milliseconds are compared only where a row has them. Instructions counted on an emulated board
  are not a time. Bounds in brackets are what no manual settles (docs/cycle-model.md).
* The published window holds more than the invocation: inputs and outputs are copied in it, element
  by element, through TFLM's accessors. A row of `window: with_copies` does the same and has both
  ratios; where a row is timed as `invoke`, the published side alone has the copies.
* simple_1 int8_only: the published page prints the ms of simple_2; the raw sheet's value is used.
* simple_2 basic is published as failed because ten float samples were compiled into RAM.
"""
_SAME = "error as published"


def published_markdown(rows: Sequence[Row], published_csv: Path = published.EDGEMARK_RNN) -> str:
    """A Markdown table of `rows` beside the published ones, and what may be compared.

    `published_csv` has columns model, variant, error_mae, exe_ms, flash_kb and ram_kb.
    """
    compared = _beside(rows, published_csv)
    columns = [*IDENTITY[:2], *differing(rows)]
    names = len(columns)
    lines = [[row.named(name) for name in columns] for row in rows]
    for headings, cells in _groups(compared):
        columns += headings
        lines = [line + more for line, more in zip(lines, cells, strict=True)]
    return markdown(columns, lines, names) + _medians(compared) + "\n" + COMPARABLE


def times_markdown(rows: Sequence[Row], published_csv: Path = published.EDGEMARK_RNN) -> str:
    """Times alone, of both windows where the rows have them, with the medians of their ratios."""
    compared = _beside(rows, published_csv)
    headings, cells = _times(compared)
    lines = [[str(r["model"]), str(r["variant"]), *c] for r, c in zip(rows, cells, strict=True)]
    return markdown(["model", "variant", *headings], lines, names=2) + _medians(compared)


def _beside(rows: Sequence[Row], published_csv: Path) -> list[Pair]:
    """Each row with what was published of its model and variant; nothing where nothing was."""
    theirs = published.read(published_csv)
    keys = ["model", "variant"]
    joined = frame(rows, keys).merge(theirs, on=keys, how="left").sort_values(ROW)
    numbers = joined[[name for name in theirs if name not in keys]]
    lines = numbers.to_dict("records")
    return [
        (row, {name: float(v) for name, v in line.items() if v == v})  # NaN is absent
        for row, line in zip(rows, lines, strict=True)
    ]


Pair = tuple[Row, Mapping[str, Value]]


def _groups(compared: Sequence[Pair]) -> list[tuple[list[str], list[list[str]]]]:
    """(headings, cells per row) of error, flash, RAM and, where a row has them, ms."""
    groups = [(["error", "published"], [_error(*pair) for pair in compared])]
    if any("error_mae_published" in row for row, _ in compared):
        same = [[short(row.get("error_mae_published"))] for row, _ in compared]
        groups.append(([_SAME], same))
    for name, ours, theirs in (
        ("flash", "flash_bytes", "flash_kb"),
        ("RAM", "ram_bytes", "ram_kb"),
    ):
        cells = [_kilobytes(row.get(ours), line.get(theirs)) for row, line in compared]
        groups.append(([f"{name} kB", "published", "ratio"], cells))
    return [*groups, _times(compared)] if any("exe_ms" in row for row, _ in compared) else groups


def _times(compared: Sequence[Pair]) -> tuple[list[str], list[list[str]]]:
    if any("copy_cycles" in row for row, _ in compared):
        return _WINDOWS, [_windows(*pair) for pair in compared]
    return ["ms", "kind", "published", "ratio"], [_milliseconds(*pair) for pair in compared]


def _error(row: Row, line: Mapping[str, Value]) -> list[str]:
    return [short(row.get("error_mae")), short(line.get("error_mae"))]


def _kilobytes(ours: Value | None, theirs: Value | None) -> list[str]:
    published_bytes = None if theirs is None else float(theirs) * 1024
    return [kilobytes(ours), kilobytes(published_bytes), times(ours, published_bytes)]


def _milliseconds(row: Row, line: Mapping[str, Value]) -> list[str]:
    ours, theirs = row.get("exe_ms"), line.get("exe_ms")
    kind = NONE if ours is None else str(row.get("exe_kind", NONE))
    return [with_bounds(row), kind, milliseconds(theirs), times(ours, theirs)]


_WINDOWS = [
    "ms, invoke",
    "ratio",
    "ms, with copies",
    "like for like",
    "copies",
    "kind",
    "published",
]


def _invoke_ms(row: Row) -> float | None:
    """Without the copies, where they are known apart."""
    if row.window == INVOKE or "exe_ms" not in row:
        return _number(row.get("exe_ms"))
    if "copy_cycles" not in row:
        return None
    share = float(row["copy_cycles"]) / float(row["exe_cycles"])
    return float(row["exe_ms"]) * (1 - share)


def _number(value: Value | None) -> float | None:
    return None if value is None else float(value)


def _copied_ms(row: Row) -> float | None:
    return None if row.window == INVOKE else _number(row.get("exe_ms"))


def _windows(row: Row, line: Mapping[str, Value]) -> list[str]:
    """Both windows, and what share of the larger the copies are."""
    invoke, copied, theirs = _invoke_ms(row), _copied_ms(row), line.get("exe_ms")
    share = None if invoke is None or copied is None else 1 - invoke / copied
    kind = NONE if "exe_ms" not in row else str(row.get("exe_kind", NONE))
    whole = NONE if copied is None else with_bounds(row)
    return [
        milliseconds(invoke), times(invoke, theirs), whole, times(copied, theirs),
        NONE if share is None else f"{share:.1%}", kind, milliseconds(theirs),
    ]  # fmt: skip


def _medians(compared: Sequence[Pair]) -> str:
    """How far the times of each window are from the published ones; "" without two windows."""
    said = []
    for name, of in (("the invocation alone", _invoke_ms), ("like for like", _copied_ms)):
        ratios = [
            ms / float(line["exe_ms"])
            for row, line in compared
            if (ms := of(row)) is not None and "exe_ms" in line
        ]
        if ratios:
            off = median(abs(ratio - 1) for ratio in ratios)
            said.append(f"{name} {median(ratios):.3f} ({off:.1%} off)")
    if not any("copy_cycles" in row for row, _ in compared):
        return ""
    return f"\nMedian of the ratios of milliseconds: {', '.join(said)}.{_inside(compared)}\n"


def _inside(compared: Sequence[Pair]) -> str:
    """How many of the published times lie in the bounds of the modelled ones; "" without bounds."""
    inside = [
        ends[0] <= float(line["exe_ms"]) <= ends[1]
        for row, line in compared
        if (ends := row.bounds_ms) is not None and "exe_ms" in line and row.window != INVOKE
    ]
    if not inside:
        return ""
    return f" Of {len(inside)} published times {sum(inside)} lie in the bounds of the modelled one."
