"""`hilbench export`: a campaign in the format of another program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hilbench.cli import console
from hilbench.cli.options import RESULTS, Baseline, LimitsFile, ResultsDir
from hilbench.cli.shown import ShownArgument, shown
from hilbench.cli.sides import changes


def register(app: typer.Typer) -> None:
    app.command()(export)


def export(
    experiment: ShownArgument,
    form: Annotated[
        str, typer.Option("--as", metavar="FORMAT", help="One of `hilbench list formats`.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Instead of <results>/<name>.<format's>; - prints.",
        ),
    ] = None,
    baseline: Baseline = None,
    limits: LimitsFile = None,
    figures: Annotated[
        str, typer.Option(metavar="WHERE", help="Folder or address of its figures, to be shown.")
    ] = "",
    results: ResultsDir = RESULTS,
) -> None:
    """Write a campaign as JUnit, Markdown, JSON or for a service that keeps benchmarks."""
    from hilbench.core.errors import UsageError
    from hilbench.core.registry import lookup
    from hilbench.record import store
    from hilbench.record.journal import FILE
    from hilbench.record.journal.overview import durations
    from hilbench.report.format import Export, found_formats

    wanted = lookup("format", form, found_formats()).thing
    if output == Path("-") and not wanted.text:
        raise UsageError(f"{form} is not text", remedy="name a file, as in -o rows.parquet")
    given = shown(experiment, results)
    rows = store.read(given.csv)
    changed = changes(baseline, experiment, results, limits)
    took = durations(given.csv.parent / FILE, given.name)
    data = wanted.write(
        Export(given.name, given.title, rows, changed, baseline or "", figures, took)
    )
    if output == Path("-"):
        console.print_text(data.decode())
        return
    path = output or given.csv.with_name(f"{given.name}.{wanted.suffix}")
    store.write_atomically(path, data)
    console.say(f"written: {path}")
