"""`hilbench plan`: what a run would do."""

from __future__ import annotations

from dataclasses import asdict

import typer

from hilbench.cli import console
from hilbench.cli.options import Boards, Engines, ExperimentArgument, Json, Models, Variants
from hilbench.core.text import counted


def register(app: typer.Typer) -> None:
    app.command()(plan)


def plan(
    experiment: ExperimentArgument,
    models: Models = None,
    variants: Variants = None,
    engines: Engines = None,
    boards: Boards = None,
    as_json: Json = False,
) -> None:
    """List the jobs of an experiment; changes nothing."""
    from hilbench.cli.selection import select

    selected = select(experiment, models, variants, engines, boards)
    if as_json:
        console.print_json([{"id": job.id, **asdict(job)} for job in selected.jobs])
        return
    rows = [[job.model, job.variant, job.engine, job.board] for job in selected.jobs]
    console.print_table(["model", "variant", "engine", "board"], rows)
    console.say(f"{counted(len(rows), 'job')} in {selected.path}")
