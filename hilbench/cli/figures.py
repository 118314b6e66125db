"""The figures of a results file."""

from __future__ import annotations

from pathlib import Path

from hilbench import api
from hilbench.cli import console
from hilbench.config.experiment import Experiment


def draw_figures(csv: Path, experiment: Experiment, figures: Path) -> None:
    """All figures of one results file."""
    with console.err.status("drawing figures") as status:

        def show(name: str, before: int, total: int) -> None:
            status.update(f"drawing figures: {name} ({before + 1} of {total})")

        drawn = api.draw(csv, experiment, figures, show)
    console.say(f"{len(drawn)} figure files are in {figures / experiment.name}")
