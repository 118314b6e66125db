"""The jobs of a selection, run."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path

from hilbench.core.errors import UsageError
from hilbench.core.owner import Owner
from hilbench.core.paths import experiments_dir
from hilbench.core.registry import nearest
from hilbench.core.settings import Settings
from hilbench.core.store import Store
from hilbench.core.text import counted
from hilbench.pipeline import tools
from hilbench.pipeline.events import Observer
from hilbench.pipeline.runner import Runner
from hilbench.pipeline.selection import Selection
from hilbench.pipeline.stages import CACHED, Stages
from hilbench.record import store
from hilbench.record.row import Row

_log = logging.getLogger(__name__)


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
    path = results / f"{experiment.name}.csv"
    kept = store.Store(path, selected.order)
    file = origin(selected.origin, results)
    _refuse_another_files(kept, file)
    _set_aside(kept.keep_only(selected.order), path)
    stages = Stages(Store(settings.cache, fresh, owner), owner)
    runner = Runner(experiment, stages, kept, observer, owner, workers, file, resume)
    wanted = {job.id for job in selected.jobs}
    rows = [row for row in runner.run(selected.jobs) if row.job in wanted]
    return rows, kept.path


def origin(file: Path, results: Path) -> str:
    """What rows say of their experiment's file: the same from every current folder."""
    path = file.expanduser().resolve()
    if path.parent == experiments_dir().resolve():
        return f"hilbench:{path.stem}"
    return Path(os.path.relpath(path, results.resolve())).as_posix()


def _refuse_another_files(kept: store.Store, file: str) -> None:
    """Raise UsageError where another experiment of the same name wrote the results."""
    others = {str(row["experiment_file"]) for row in kept.rows() if "experiment_file" in row}
    if others - {file}:
        raise UsageError(
            f"{kept.path} holds rows of another experiment of this name, {min(others - {file})}",
            remedy="give one of the two another name, choose another folder with --results, or"
            " move the results file away",
        )


def _set_aside(others: Sequence[Row], path: Path) -> None:
    """Rows of jobs that the experiment no longer has go into a file of their own."""
    if not others:
        return
    aside = path.with_suffix(".other.csv")
    earlier = store.read(aside) if aside.exists() else []
    rows = {row.job: row for row in (*earlier, *others)}
    store.write_atomically(aside, store.to_csv(rows.values()))
    _log.warning(
        "%s of jobs that the experiment does not have went to %s",
        counted(len(others), "row"),
        aside,
    )
