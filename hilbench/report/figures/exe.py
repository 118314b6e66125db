"""What one inference costs; numbers of different kinds never share axes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from hilbench.record.row import INVOKE, Row
from hilbench.report.campaign import Campaign, series_of
from hilbench.report.kind import Kind, positive
from hilbench.report.panels import Axis
from hilbench.report.panels.scatter import Point, Scatter
from hilbench.report.text import plain, si

_AXES = {
    "instructions": Axis("Instructions per inference\n(emulated, not a time)", si),
    "modelled": Axis("Execution time (ms),\nmodelled, not measured", plain),
    "measured": Axis("Execution time (ms),\nmeasured", plain),
}


def _panels(_: Campaign, rows: Sequence[Row]) -> list[Scatter]:
    """One panel for each kind of number, and window, that the rows have."""
    panels = []
    for (kind, axis), window in product(_AXES.items(), sorted({row.window for row in rows})):
        points = tuple(
            _point(row) for row in rows if (row["exe_kind"], row.window) == (kind, window)
        )
        if points:
            label = axis.label if window == INVOKE else f"{axis.label},\nwindow {window}"
            y = Axis(label, axis.write)
            panels.append(Scatter(Axis("MACs per inference", si), y, points))
    return panels


def _point(row: Row) -> Point:
    """Instructions as they are; cycles as milliseconds, with their bounds or their spread."""
    if row["exe_kind"] == "instructions":
        value, unit, per_unit = float(row["exe_instructions"]), "instructions", 1.0
    else:
        value, unit = float(row["exe_ms"]), "cycles"
        per_unit = value / float(row.get("exe_cycles", value))
    low = float(row.get(f"exe_{unit}_min", value / per_unit)) * per_unit
    high = float(row.get(f"exe_{unit}_max", value / per_unit)) * per_unit
    low, high = row.bounds_ms or (low, high)
    return Point(
        str(row["model"]), series_of(row), float(row["macs"]), value,
        min(low, value), max(high, value),
    )  # fmt: skip


def _shows(row: Row) -> bool:
    value = "exe_instructions" if row.get("exe_kind") == "instructions" else "exe_ms"
    return row.get("exe_kind") in _AXES and positive("macs", value)(row)


FIGURE = Kind(
    "exe", "cost of one inference", _shows, _panels,
    "Median of the repetitions, with their range where they differ; bounds of modelled times.",
)  # fmt: skip
