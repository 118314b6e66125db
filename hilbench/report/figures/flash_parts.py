"""What the flash of each image is filled with."""

from __future__ import annotations

from collections.abc import Sequence

from hilbench.record.row import Row
from hilbench.report.campaign import Campaign
from hilbench.report.kind import Kind, has
from hilbench.report.panels import Axis
from hilbench.report.panels.bars import MOST_BARS, Bars, bar_per_job
from hilbench.report.text import tenths


def _panels(campaign: Campaign, rows: Sequence[Row]) -> list[Bars]:
    return [Bars(Axis("Flash (kB of 1024 B)", tenths), bar_per_job(campaign, rows, _parts))]


def _parts(row: Row) -> list[tuple[str, float]]:
    """In kB; the base firmware is what the image has besides the model's share."""
    base = int(row["flash_bytes"]) - int(row["model_flash_bytes"])
    weights, code = int(row["weights_bytes"]), int(row["code_bytes"]) - base
    return [
        ("weights", weights / 1024),
        ("code of the model", code / 1024),
        ("base firmware", base / 1024),
    ]


FIGURE = Kind(
    "flash_parts", "flash by part",
    has("flash_bytes", "model_flash_bytes", "weights_bytes", "code_bytes"), _panels,
    "Base firmware: the same program without a model.", most_jobs=MOST_BARS,
)  # fmt: skip
