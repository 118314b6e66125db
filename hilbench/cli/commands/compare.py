"""`hilbench compare`: the engines of an experiment side by side."""

from __future__ import annotations

import typer

from hilbench.cli import console
from hilbench.cli.options import FIGURES, RESULTS, ExperimentArgument, FiguresDir, ResultsDir


def register(app: typer.Typer) -> None:
    app.command()(compare)


def compare(
    experiment: ExperimentArgument,
    results: ResultsDir = RESULTS,
    figures: FiguresDir = FIGURES,
) -> None:
    """Print the engines of an experiment side by side, with ratios, and draw these."""
    from hilbench.pipeline import selection
    from hilbench.record import store
    from hilbench.report.drawing import draw
    from hilbench.report.ratios import ratios_of
    from hilbench.report.side_by_side import pairs, side_by_side_markdown

    spec = selection.experiment(experiment)
    rows = store.read(results / f"{spec.name}.csv")
    console.print_text(side_by_side_markdown(rows))
    if not any(pair.ok for pair in pairs(rows)):
        console.say("no figure: no job is ok under two engines")
        return
    folder = figures / spec.name
    drawn = draw(ratios_of(rows), rows, spec.title, spec.figures.leave_out, folder)
    console.say(f"{len(drawn)} figure files are in {folder}")
