"""`hilbench plan`: what a run would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import typer

from hilbench.cli import console
from hilbench.cli.options import (
    RESULTS,
    AllowLambda,
    Boards,
    DataFile,
    Engines,
    ExperimentArgument,
    Json,
    Labels,
    Levels,
    Models,
    OnlyFailed,
    OnlyMissing,
    Reference,
    ResultsDir,
    SampleCount,
    Stream,
    Tags,
    Variants,
    Whole,
)
from hilbench.config.optimisation import DEFAULT
from hilbench.core.text import counted

if TYPE_CHECKING:
    from hilbench.pipeline.plan import Job


def register(app: typer.Typer) -> None:
    app.command()(plan)


def plan(
    experiment: ExperimentArgument,
    models: Models = None,
    tags: Tags = None,
    variants: Variants = None,
    engines: Engines = None,
    boards: Boards = None,
    optimisations: Levels = None,
    data: DataFile = None,
    labels: Labels = None,
    samples: SampleCount = None,
    reference: Reference = None,
    allow_lambda: AllowLambda = False,
    stream: Stream = False,
    whole: Whole = None,
    only_failed: OnlyFailed = False,
    only_missing: OnlyMissing = False,
    results: ResultsDir = RESULTS,
    as_json: Json = False,
) -> None:
    """List the jobs of an experiment, and why some cannot run; changes nothing."""
    from hilbench.core.settings import Settings
    from hilbench.pipeline.selection import Chosen, select, settings_of_data
    from hilbench.pipeline.steering import narrowed
    from hilbench.record.journal import FILE
    from hilbench.record.journal.overview import durations

    selected = select(
        Settings.read(),
        experiment,
        Chosen(
            models=models or (),
            tags=tags or (),
            variants=variants or (),
            engines=engines or (),
            boards=boards or (),
            optimisations=optimisations or (),
            data=settings_of_data(data, labels, samples),
            reference=reference,
            allow_lambda=allow_lambda,
            stream=stream,
            whole=whole,
        ),
    )
    selected = narrowed(selected, results, only_failed, only_missing)
    took = durations(results / FILE, selected.experiment.name)
    if as_json:
        console.print_json([_json(job, took) for job in selected.jobs])
        return
    if selected.jobs:
        _print(selected.jobs, took)
    refused = sum(job.refusal is not None for job in selected.jobs)
    said = f"{counted(len(selected.jobs), 'job')} in {selected.path}"
    console.say(f"{said}, {refused} of them cannot run" if refused else said)
    if expected := _expected(selected.jobs, took):
        console.say(expected)


def _expected(jobs: Sequence[Job], took: Mapping[str, float]) -> str:
    """The work ahead, by what jobs took last time and the mean of the experiment's for others."""
    from hilbench.record.journal.overview import mean

    runnable = [job.id for job in jobs if job.refusal is None]
    if not (runnable and took):
        return ""
    work = sum(took.get(job, mean(took)) for job in runnable)
    known = sum(job in took for job in runnable)
    by = f"what {known:,} of them took last time" if known else "what other jobs took"
    return (
        f"about {console.duration(work)} of work, by {by}"
        " (one after the other; several workers need less)"
    )


def _json(job: Job, took: Mapping[str, float]) -> dict[str, object]:
    at, model = job.station, job.station.cycle_model
    return {
        "id": job.id,
        **job.names,
        "target": at.target.kind,
        "probes": [entry.probe for entry in at.attached],
        "chip": model.chip.name if model else None,
        "core": model.core.name if model else None,
        "data": job.model.dataset,
        "seconds": took.get(job.id),
        "status": job.refusal.status if job.refusal else None,
        "refused": str(job.refusal) if job.refusal else None,
    }


def _print(jobs: Sequence[Job], took: Mapping[str, float]) -> None:
    """A row for each job; columns that say the usual for all of them are left out."""
    columns = {name: [job.names[name] for job in jobs] for name in jobs[0].names}
    if set(columns["optimisation"]) == {DEFAULT}:
        del columns["optimisation"]
    if any(job.id in took for job in jobs):
        columns["took s"] = [f"{took[j.id]:.1f}" if j.id in took else "-" for j in jobs]
    if any(job.refusal for job in jobs):
        columns["cannot run"] = [str(job.refusal or "") for job in jobs]
    console.print_table(list(columns), list(zip(*columns.values(), strict=True)))
