"""How large each model is: parameters and multiply-accumulates."""

from __future__ import annotations

from collections.abc import Sequence

from hilbench.record.row import Row
from hilbench.report.campaign import Campaign
from hilbench.report.kind import Kind, positive
from hilbench.report.panels import Axis
from hilbench.report.panels.bars import MOST_BARS
from hilbench.report.panels.dots import Dots
from hilbench.report.text import si


def _panels(_: Campaign, rows: Sequence[Row]) -> list[Dots]:
    models = {str(row["model"]): (int(row["parameters"]), int(row["macs"])) for row in rows}
    return [
        Dots(Axis("Parameters", si), tuple((m, size[0]) for m, size in models.items()), 0),
        Dots(Axis("MACs per inference", si), tuple((m, size[1]) for m, size in models.items()), 1),
    ]


FIGURE = Kind(
    "params_macs", "size of the models", positive("parameters", "macs"), _panels,
    "Parameters: all variables of the Keras model. MACs: float operations of its batch-1 graph "
    "as TensorFlow's profiler counts them, halved.",
    per_model=True, side_by_side=True, most_jobs=MOST_BARS,
)  # fmt: skip
