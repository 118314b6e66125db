"""A figure whose axes the user chooses: one column of the results against another."""

from __future__ import annotations

from collections.abc import Sequence

from hilbench.core.errors import UsageError
from hilbench.core.registry import lookup
from hilbench.record.metrics import METRICS, Metric
from hilbench.record.row import Row
from hilbench.report.campaign import Campaign, series_of
from hilbench.report.kind import Kind
from hilbench.report.panels import Axis
from hilbench.report.panels.scatter import Point, Scatter
from hilbench.report.text import plain, si

_NUMBERS = {metric.name: metric for metric in METRICS if metric.type is not str}
_TIMED = ("instructions", "cycles")


def by_hand(x: str, y: str, rows: Sequence[Row]) -> Kind:
    """The figure `y`_by_`x`, x on a logarithmic axis, y too unless it is a score.

    Raises UsageError for a column that is none of the numbers, and for one of which `rows` have
    two kinds, or two windows: these share no axis.
    """
    across, up = (lookup("metric", name, _NUMBERS) for name in (x, y))
    for metric in (across, up):
        _refuse_two_kinds(metric, rows)
    scored = up.kind == "accuracy" and up.better == "more"

    def panels(_: Campaign, shown: Sequence[Row]) -> list[Scatter]:
        points = tuple(_point(row, x, y) for row in shown)
        return [Scatter(_axis(across, rows), _axis(up, rows), points, linear=scored)]

    def shows(row: Row) -> bool:
        return x in row and y in row and float(row[x]) > 0 and float(row[y]) >= 0

    heading = f"{up.label} against {across.label}"
    return Kind(f"{y}_by_{x}", heading, shows, panels, needs=f"{x} above 0 and {y}", optional=True)


def _refuse_two_kinds(metric: Metric, rows: Sequence[Row]) -> None:
    if metric.kind not in _TIMED:
        return
    own = [row for row in rows if row.ok and metric.name in row]
    found = {
        "kinds of number": {str(row.get("exe_kind", "")) for row in own},
        "windows": {row.window for row in own},
    }
    for what, there in found.items():
        if len(there) > 1:
            raise UsageError(
                f"{metric.name} has two {what} here ({', '.join(sorted(there))}), and two never"
                " share an axis",
                remedy="--figure exe has a panel for each; or give a CSV that has one",
            )


def _axis(metric: Metric, rows: Sequence[Row]) -> Axis:
    unit = f" ({metric.unit})" if metric.unit not in metric.label.lower() else ""
    kinds = {str(row["exe_kind"]) for row in rows if row.ok and "exe_kind" in row}
    kind = f", {min(kinds)}" if metric.kind in _TIMED and kinds else ""
    return Axis(f"{metric.label}{unit}{kind}", si if metric.type is int else plain)


def _point(row: Row, x: str, y: str) -> Point:
    value = float(row[y])
    return Point(str(row["model"]), series_of(row), float(row[x]), value, value, value)
