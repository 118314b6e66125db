"""How far the outputs on the device are from the float Keras model."""

from __future__ import annotations

from collections.abc import Sequence

from hilbench.record.metrics import BY_NAME
from hilbench.record.row import Row
from hilbench.report.campaign import Campaign, series_of, status_of
from hilbench.report.kind import Kind, has
from hilbench.report.panels import Axis, Panel
from hilbench.report.panels.bars import MOST_BARS, by_model
from hilbench.report.panels.dots import Dot, JobDots
from hilbench.report.text import short

ERROR = Axis(f"{BY_NAME['error_mae'].label} (share of the output's range)", short)


def _panels(campaign: Campaign, rows: Sequence[Row]) -> list[Panel]:
    shown = {row.job for row in rows}
    return [JobDots(ERROR, tuple(_dot(row, row.job in shown) for row in by_model(campaign)))]


def _dot(row: Row, shown: bool) -> Dot:
    model, series = str(row["model"]), series_of(row)
    if not shown:
        return Dot(model, series, None, status_of(row))
    return Dot(model, series, float(row["error_mae"]))


FIGURE = Kind(
    "error", "error against the float Keras model", has("error_mae"), _panels, most_jobs=MOST_BARS
)
