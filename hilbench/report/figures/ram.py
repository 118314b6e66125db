"""RAM of each image, in total and by part."""

from __future__ import annotations

from collections.abc import Sequence

from hilbench.record.row import Row
from hilbench.report.campaign import Campaign
from hilbench.report.kind import Kind, has
from hilbench.report.panels import Axis
from hilbench.report.panels.bars import MOST_BARS, Bars, bar_per_job
from hilbench.report.text import tenths


def _panels(campaign: Campaign, rows: Sequence[Row]) -> list[Bars]:
    return [Bars(Axis("RAM (kB of 1024 B)", tenths), bar_per_job(campaign, rows, _parts))]


def _parts(row: Row) -> list[tuple[str, float]]:
    """In kB."""
    arena, stack = int(row["arena_bytes"]), int(row["stack_bytes"])
    rest = int(row["ram_bytes"]) - arena - stack
    return [("arena", arena / 1024), ("stack reserved", stack / 1024), ("other data", rest / 1024)]


FIGURE = Kind(
    "ram", "RAM", has("ram_bytes", "arena_bytes", "stack_bytes"), _panels,
    "RAM of the whole image: data + bss + reserved stack. Arena: the activations.",
    most_jobs=MOST_BARS,
)  # fmt: skip
