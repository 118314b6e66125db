"""What accuracy costs: error, or the task's measure, against time, flash and RAM."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from hilbench.record.metrics import BY_NAME, Metric
from hilbench.record.row import Row
from hilbench.record.tasks import tasks
from hilbench.report.campaign import Campaign, series_of
from hilbench.report.cost import COSTS
from hilbench.report.kind import Kind
from hilbench.report.panels import Axis
from hilbench.report.panels.scatter import Curve, Point, Scatter
from hilbench.report.text import plain, short

_TASKS = tuple(BY_NAME[f"{task.name}_device"] for task in tasks() if task.better)
_ERROR = BY_NAME["error_mae"]
_FRONT = "no other is both cheaper and better"


@dataclass(frozen=True)
class _Price:
    """What `column` of `rows` is divided by `unit` for."""

    axis: Axis
    column: str
    rows: tuple[Row, ...]
    unit: float = 1.0

    def of(self, row: Row) -> float:
        return float(row[self.column]) / self.unit


def _panels(_: Campaign, rows: Sequence[Row]) -> list[Scatter]:
    quality = _quality(rows)
    every = tuple(sorted({float(row[quality.name]) for row in rows}))
    return [_panel(price, quality, every) for price in _prices(rows) if price.rows]


def _quality(rows: Sequence[Row]) -> Metric:
    """The first measure of the task that all rows have: then they do the same; else the error."""
    return next((m for m in _TASKS if all(m.name in row for row in rows)), _ERROR)


def _prices(rows: Sequence[Row]) -> Iterator[_Price]:
    """Times of one kind and window, then sizes."""
    for cost, window in product(COSTS, sorted({row.window for row in rows})):
        own = tuple(row for row in rows if cost.shows(row) and row.window == window)
        yield _Price(cost.axis_in(window), cost.column, own)
    for column in ("flash_bytes", "ram_bytes"):
        own = tuple(row for row in rows if float(row.get(column, 0)) > 0)
        yield _Price(Axis(f"{BY_NAME[column].label} (kB of 1024 B)", plain), column, own, 1024.0)


def _panel(price: _Price, quality: Metric, every: tuple[float, ...]) -> Scatter:
    """`every` value of the quality, in this panel or in another."""
    best = _front(price, quality)
    sign = quality.sign
    points = []
    for row in price.rows:
        x, y = price.of(row), float(row[quality.name])
        pale = any(bx <= x and sign * by <= sign * y for bx, by in best if (bx, by) != (x, y))
        points.append(Point(str(row["model"]), series_of(row), x, y, y, y, pale))
    front = (Curve(tuple(best), says=_FRONT, steps=True),) if len(best) > 1 else ()
    linear = quality is not _ERROR
    return Scatter(price.axis, Axis(quality.label, short), tuple(points), front, linear, every)


def _front(price: _Price, quality: Metric) -> list[tuple[float, float]]:
    """(price, quality) of those that no other beats or equals in both; cheapest first."""
    sign = quality.sign
    best: list[tuple[float, float]] = []
    found = {(price.of(row), float(row[quality.name])) for row in price.rows}
    for x, y in sorted(found, key=lambda point: (point[0], sign * point[1])):
        if not best or sign * y < sign * best[-1][1]:
            best.append((x, y))
    return best


def _shows(row: Row) -> bool:
    return "error_mae" in row and (
        any(cost.shows(row) for cost in COSTS) or float(row.get("flash_bytes", 0)) > 0
    )


FIGURE = Kind(
    "pareto", "accuracy and its price", _shows, _panels,
    "Pale: another job of the same panel is at least as cheap and as good.",
    side_by_side=True, narrowest_em=17.0, same_y=True, needs="an error and a time or a size",
    optional=True,
)  # fmt: skip
