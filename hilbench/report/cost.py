"""What one inference costs, by kind of number: counted, modelled, measured."""

from __future__ import annotations

from dataclasses import dataclass

from hilbench.record.row import INVOKE, Row
from hilbench.report.campaign import series_of
from hilbench.report.panels import Axis
from hilbench.report.panels.scatter import Point
from hilbench.report.text import plain, si


@dataclass(frozen=True)
class Cost:
    """Rows whose `exe_kind` is `kind`: the `column` that an axis shows, counted in `unit`."""

    kind: str
    column: str
    unit: str
    axis: Axis

    def shows(self, row: Row) -> bool:
        return row.get("exe_kind") == self.kind and float(row.get(self.column, 0)) > 0

    def axis_in(self, window: str) -> Axis:
        """The axis of times of one window, which is said where it is not the usual one."""
        if window == INVOKE:
            return self.axis
        return Axis(f"{self.axis.label}, window {window}", self.axis.write)

    def count(self, row: Row) -> float | None:
        """Instructions or cycles of one inference."""
        count = row.get(f"exe_{self.unit}")
        return None if count is None else float(count)

    def point(self, row: Row, x: float) -> Point:
        """Against `x`, with its bounds where those were modelled, or the spread of repetitions."""
        value = float(row[self.column])
        per_unit = value / float(row.get(f"exe_{self.unit}", value))
        low = float(row.get(f"exe_{self.unit}_min", value / per_unit)) * per_unit
        high = float(row.get(f"exe_{self.unit}_max", value / per_unit)) * per_unit
        low, high = row.bounds_ms or (low, high)
        return Point(str(row["model"]), series_of(row), x, value, min(low, value), max(high, value))


COSTS = (
    Cost("instructions", "exe_instructions", "instructions",
         Axis("Instructions per inference (emulated, not a time)", si)),
    Cost("modelled", "exe_ms", "cycles",
         Axis("Execution time (ms), modelled, not measured", plain)),
    Cost("measured", "exe_ms", "cycles", Axis("Execution time (ms), measured", plain)),
)  # fmt: skip
