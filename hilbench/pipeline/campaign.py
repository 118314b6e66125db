"""The jobs of a selection, run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hilbench.core.errors import UsageError
from hilbench.core.owner import Owner
from hilbench.core.registry import nearest
from hilbench.core.settings import Settings
from hilbench.core.store import Store
from hilbench.pipeline import tools
from hilbench.pipeline.events import Observer
from hilbench.pipeline.runner import Runner
from hilbench.pipeline.selection import Selection
from hilbench.pipeline.stages import CACHED, Stages
from hilbench.record import store
from hilbench.record.row import Row


def run_jobs(
    selected: Selection,
    settings: Settings,
    owner: Owner,
    results: Path,
    observer: Observer,
    workers: int,
    fresh: Sequence[str],
    resume: bool,
) -> tuple[list[Row], Path]:
    """Rows of the selected jobs, and the file they are in.

    Raises UsageError, MissingTool, StoreError, Interrupted.
    """
    for stage in fresh:
        if stage not in CACHED:
            raise UsageError(f"unknown stage '{stage}'", remedy=nearest(stage, CACHED))
    tools.require(selected.jobs)
    experiment = selected.experiment
    kept = store.Store(results / f"{experiment.name}.csv", selected.order)
    stages = Stages(Store(settings.cache, fresh, owner), owner)
    runner = Runner(experiment, stages, kept, observer, owner, workers, resume)
    wanted = {job.id for job in selected.jobs}
    rows = [row for row in runner.run(selected.jobs) if row.job in wanted]
    return rows, kept.path
