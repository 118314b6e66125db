"""The figures of a results file."""

from __future__ import annotations

from pathlib import Path

from hilbench import report
from hilbench.cli import console
from hilbench.config.experiment import Experiment
from hilbench.record import store


def draw_figures(csv: Path, experiment: Experiment, figures: Path) -> None:
    """All figures of one results file."""
    rows = store.read(csv)
    with console.err.status("drawing figures") as status:

        def show(name: str, before: int, total: int) -> None:
            status.update(f"drawing figures: {name} ({before + 1} of {total})")

        leave_out = experiment.figures.leave_out
        drawn = report.draw(rows, experiment.name, experiment.title, leave_out, figures, show)
    console.say(f"{len(drawn)} figure files are in {figures / experiment.name}")
