"""The jobs of a selection, run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hilbench import __version__
from hilbench.core.errors import UsageError
from hilbench.core.owner import Owner
from hilbench.core.paths import experiments_dir
from hilbench.core.registry import nearest
from hilbench.core.settings import Settings
from hilbench.core.store import Store
from hilbench.pipeline import provenance, tools
from hilbench.pipeline.events import Observer
from hilbench.pipeline.runner import Runner
from hilbench.pipeline.selection import Selection
from hilbench.pipeline.stages import CACHED, Stages
from hilbench.pipeline.steering import Steering, ordered
from hilbench.record.journal import Journal, Plan
from hilbench.record.row import Row


@dataclass(frozen=True)
class Done:
    """Rows of the selected jobs, the file they are in, and how many jobs were not done."""

    rows: tuple[Row, ...]
    path: Path
    left: int


def run_jobs(
    selected: Selection,
    settings: Settings,
    owner: Owner,
    results: Path,
    observer: Observer,
    workers: int,
    fresh: Sequence[str],
    resume: bool,
    command: str,
    steering: Steering,
) -> Done:
    """Run the selected jobs; the journal notes `command`.

    Raises UsageError, MissingTool, StoreError, Interrupted.
    """
    for stage in fresh:
        if stage not in CACHED:
            raise UsageError(f"unknown stage '{stage}'", remedy=nearest(stage, CACHED))
    tools.require(selected.jobs)
    with Journal.open(results).begin(_plan(selected, results, owner, command)) as recorded:
        stages = Stages(Store(settings.cache, fresh, owner), owner)
        runner = Runner(
            stages, recorded, observer, owner, workers, resume, steering.stop_on_failure
        )
        wanted = {job.id for job in selected.jobs}
        jobs = ordered(selected.jobs, recorded.last(), steering.shuffle)
        rows = [row for row in runner.run(jobs) if row.job in wanted]
        return Done(tuple(rows), recorded.path, recorded.left())


def _plan(selected: Selection, results: Path, owner: Owner, command: str) -> Plan:
    ours = provenance.of_hilbench(owner)
    theirs = provenance.of(_folder(selected.origin), owner)
    return Plan(
        experiment=selected.experiment.name,
        file=origin(selected.origin, results),
        order=tuple(selected.order),
        jobs=tuple(job.id for job in selected.jobs),
        command=command,
        hilbench=__version__,
        hilbench_commit=ours.commit,
        repository=theirs.folder,
        repository_commit=theirs.commit,
        repository_clean=theirs.clean,
    )


def _folder(file: Path) -> Path:
    """Whose repository is the user's: that of his experiment, else the one he is in."""
    there = file.expanduser().resolve().parent
    return there if there.is_dir() and there != experiments_dir().resolve() else Path.cwd()


def origin(file: Path, results: Path) -> str:
    """What rows say of their experiment's file: the same from every current folder."""
    path = file.expanduser().resolve()
    if path.parent == experiments_dir().resolve():
        return f"hilbench:{path.stem}"
    return Path(os.path.relpath(path, results.resolve())).as_posix()
