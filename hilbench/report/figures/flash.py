"""Flash of the whole program against the size of the model, as published."""

from __future__ import annotations

from collections.abc import Sequence

from hilbench.record.row import Row
from hilbench.report.campaign import Campaign, series_of
from hilbench.report.kind import Kind, positive
from hilbench.report.panels import Axis
from hilbench.report.panels.scatter import Point, Scatter
from hilbench.report.text import plain, si


def _panels(_: Campaign, rows: Sequence[Row]) -> list[Scatter]:
    points = tuple(_point(row) for row in rows)
    return [Scatter(Axis("Parameters", si), Axis("Flash (kB of 1024 B)", plain), points)]


def _point(row: Row) -> Point:
    kilobytes = float(row["flash_bytes"]) / 1024
    size = float(row["parameters"])
    return Point(str(row["model"]), series_of(row), size, kilobytes, kilobytes, kilobytes)


FIGURE = Kind(
    "flash", "flash", positive("parameters", "flash_bytes"), _panels,
    "Flash of the whole image: text + rodata + data.",
)  # fmt: skip
