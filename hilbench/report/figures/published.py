"""Each job beside what the EdgeMark campaign published of the same model and variant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from hilbench.record.row import Row
from hilbench.report import published
from hilbench.report.campaign import Campaign, series_of
from hilbench.report.cost import COSTS, Cost
from hilbench.report.kind import Kind
from hilbench.report.ledger import judged
from hilbench.report.panels import Axis
from hilbench.report.panels.bars import MOST_BARS
from hilbench.report.panels.dots import Dot, JobDots
from hilbench.report.text import plain


@dataclass(frozen=True)
class _Quantity:
    """What is ours of a row, and in which column of the published table theirs stands."""

    axis: Axis
    theirs: str
    shows: Callable[[Row], bool]
    of: Callable[[Row], float]


@cache
def _published() -> dict[tuple[str, str], dict[str, float]]:
    """Numbers by (model, variant); those that were not published are absent."""
    return {
        (line.pop("model"), line.pop("variant")): {
            name: float(value) for name, value in line.items() if value
        }
        for line in published.cells(published.EDGEMARK_RNN)
    }


def _like(row: Row) -> dict[str, float]:
    """What was published of it; nothing where another network has its name."""
    found = _published().get((str(row["model"]), str(row["variant"])), {})
    return found if found.get("parameters") == row.get("parameters") else {}


def _panels(_: Campaign, rows: Sequence[Row]) -> list[JobDots]:
    windows = sorted({row.window for row in rows})
    timed = [cost for cost in COSTS if cost.column == "exe_ms"]
    quantities = [*(_time(cost, window) for cost, window in product(timed, windows)), *_SIZES]
    panels = []
    for quantity in quantities:
        dots = [_dot(row, quantity) for row in rows if quantity.shows(row)]
        dots = [dot for dot in dots if dot.beside]
        if dots:
            panels.append(JobDots(quantity.axis, tuple(dots), "published"))
    return panels


def _time(cost: Cost, window: str) -> _Quantity:
    return _Quantity(
        cost.axis_in(window), "exe_ms",
        lambda row: cost.shows(row) and row.window == window, lambda row: float(row["exe_ms"]),
    )  # fmt: skip


def _size(label: str, column: str, theirs: str) -> _Quantity:
    return _Quantity(
        Axis(f"{label} (kB of 1024 B)", plain), theirs,
        lambda row: float(row.get(column, 0)) > 0, lambda row: float(row[column]) / 1024,
    )  # fmt: skip


_SIZES = (_size("Flash", "flash_bytes", "flash_kb"), _size("RAM", "ram_bytes", "ram_kb"))


@dataclass(frozen=True)
class Compared:
    """One number of a job beside the published one."""

    job: str
    quantity: str
    ours: float
    theirs: float
    verdict: str

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs


def compared(rows: Sequence[Row]) -> Iterator[Compared]:
    """Every number of `rows` that was published of the same network, in their units."""
    for row in rows:
        if not row.ok:
            continue
        like = _like(row)
        for label, column, theirs, unit in _BESIDE:
            if (value := like.get(theirs)) and column in row and _means_the_same(row, column):
                ours = float(row[column]) / unit
                yield Compared(row.job, label, ours, value, judged(theirs, ours, value))


_BESIDE = (
    ("Execution time (ms)", "exe_ms", "exe_ms", 1),
    ("Flash (kB)", "flash_bytes", "flash_kb", 1024),
    ("RAM (kB)", "ram_bytes", "ram_kb", 1024),
    ("Error", "error_mae_published", "error_mae", 1),
)


def _means_the_same(row: Row, column: str) -> bool:
    """Counted instructions are no time."""
    return column != "exe_ms" or row.get("exe_kind") != "instructions"


def _dot(row: Row, quantity: _Quantity) -> Dot:
    ours, theirs = quantity.of(row), _like(row).get(quantity.theirs)
    said = f"{ours / theirs:.3g}x {judged(quantity.theirs, ours, theirs)}" if theirs else ""
    return Dot(str(row["model"]), series_of(row), ours, said, theirs)


FIGURE = Kind(
    "published", "beside the published campaign", lambda row: bool(_like(row)), _panels,
    "Published (EdgeMark): TensorFlow Lite Micro with CMSIS-NN on a NUCLEO-L4R5ZI at 120 MHz, -O3, "
    "its window with copies; RAM without the stack. The number is ours divided by theirs, with "
    "the verdict of `hilbench ledger`.",
    most_jobs=MOST_BARS, needs="a model of the published campaign", optional=True,
)  # fmt: skip
