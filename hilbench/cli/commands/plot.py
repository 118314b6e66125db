"""`hilbench plot`: figures again from a results file."""

from __future__ import annotations

from typing import Annotated

import typer

from hilbench.cli.options import FIGURES, RESULTS, FiguresDir, ResultsDir
from hilbench.cli.shown import ShownArgument, shown


def register(app: typer.Typer) -> None:
    app.command()(plot)


def plot(
    context: typer.Context,
    experiment: ShownArgument,
    results: ResultsDir = RESULTS,
    figures: FiguresDir = FIGURES,
    names: Annotated[
        list[str] | None, typer.Option("--figure", help="Only this figure; repeatable.")
    ] = None,
    style: Annotated[
        str, typer.Option(help="column, page, slide, web, or a style of your project.")
    ] = "web",
    width: Annotated[
        float | None, typer.Option(metavar="PT", help="Another width, in points of 1/72 inch.")
    ] = None,
    formats: Annotated[
        str, typer.Option("--format", metavar="png,svg,pdf", help="Which files are written.")
    ] = "png,svg",
    title: Annotated[
        str | None, typer.Option(help="Instead of the experiment's; an empty one is none.")
    ] = None,
    caption: Annotated[
        bool | None,
        typer.Option(
            "--caption/--no-caption",
            help="Small print in the picture, or beside it as .txt and .tex.",
        ),
    ] = None,
    numbers: Annotated[
        str, typer.Option(help="Language of numbers: en, de, fr, or si (thin spaces).")
    ] = "en",
    published: Annotated[
        bool,
        typer.Option("--published", help="The published EdgeMark campaign's figures, with both."),
    ] = False,
    metrics: Annotated[
        list[str] | None,
        typer.Option(
            "--metric", metavar="COLUMN", help="Twice: one figure of the first against the second."
        ),
    ] = None,
) -> None:
    """Draw the figures of an experiment from its CSV; measures nothing."""
    from hilbench.cli.figures import crew, draw_beside_published, draw_by_hand, draw_figures
    from hilbench.core.errors import UsageError
    from hilbench.report.presets import asked

    wanted = asked(style, width, formats, title, caption, numbers)
    given = shown(experiment, results)
    if published and metrics:
        raise UsageError("--published and --metric are two kinds of figures: name one of them")
    if published:
        draw_beside_published(given, figures, wanted, names or ())
    elif not metrics:
        with crew(given, figures, context.obj, wanted) as children:
            draw_figures(given, figures, children, wanted, names or ())
    elif len(metrics) != 2 or names:
        raise UsageError(
            "--metric is given twice and without --figure",
            remedy="--metric error_mae --metric macs draws the error against MACs",
        )
    else:
        draw_by_hand(given, figures, wanted, metrics[1], metrics[0])
