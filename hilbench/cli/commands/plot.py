"""`hilbench plot`: figures again from a results file."""

from __future__ import annotations

import typer

from hilbench.cli.options import FIGURES, RESULTS, ExperimentArgument, FiguresDir, ResultsDir


def register(app: typer.Typer) -> None:
    app.command()(plot)


def plot(
    experiment: ExperimentArgument,
    results: ResultsDir = RESULTS,
    figures: FiguresDir = FIGURES,
) -> None:
    """Draw the figures of an experiment from its CSV; measures nothing."""
    from hilbench.cli.figures import draw_figures
    from hilbench.pipeline import selection

    spec = selection.experiment(experiment)
    draw_figures(results / f"{spec.name}.csv", spec, figures)
