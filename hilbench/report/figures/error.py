"""How far the outputs on the device are from the float Keras model."""

from __future__ import annotations

from collections.abc import Sequence

from hilbench.record.metrics import BY_NAME
from hilbench.record.row import Row
from hilbench.report.campaign import Campaign
from hilbench.report.kind import Kind, has
from hilbench.report.panels import Axis
from hilbench.report.panels.bars import MOST_BARS, Bars, bar_per_job
from hilbench.report.text import short


def _panels(campaign: Campaign, rows: Sequence[Row]) -> list[Bars]:
    label = f"{BY_NAME['error_mae'].label} (share of the output's range)"
    return [Bars(Axis(label, short), bar_per_job(campaign, rows, _parts))]


def _parts(row: Row) -> list[tuple[str, float]]:
    return [("error", float(row["error_mae"]))]


FIGURE = Kind(
    "error", "error against the float Keras model", has("error_mae"), _panels, most_jobs=MOST_BARS
)
