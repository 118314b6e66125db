"""The jobs of a selection, run."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from hilbench import __version__
from hilbench.core.errors import UsageError
from hilbench.core.owner import Owner
from hilbench.core.paths import experiments_dir, package_dir
from hilbench.core.registry import nearest
from hilbench.core.settings import Settings
from hilbench.core.store import Store
from hilbench.pipeline import provenance, tools
from hilbench.pipeline import steering as order
from hilbench.pipeline.events import Observer
from hilbench.pipeline.measuring import Site
from hilbench.pipeline.runner import Runner
from hilbench.pipeline.selection import Selection
from hilbench.pipeline.stages import CACHED, Stages
from hilbench.pipeline.steering import Steering
from hilbench.record.journal import FILE, Journal, Plan
from hilbench.record.journal.overview import durations
from hilbench.record.row import Row


@dataclass(frozen=True)
class Done:
    """Rows of the jobs that were done, the file they are in, and the ids of those left."""

    rows: tuple[Row, ...]
    path: Path
    left: tuple[str, ...] = ()


def run_jobs(
    selected: Selection,
    settings: Settings,
    owner: Owner,
    results: Path,
    observer: Observer,
    steering: Steering,
    command: str,
    site: Site | None = None,
) -> Done:
    """Do the selected jobs, measured at `site`; the journal notes `command`.

    Of repetitions the last one is returned.

    Raises UsageError, MissingTool, StoreError, Interrupted.
    """
    for stage in steering.fresh:
        if stage not in CACHED:
            raise UsageError(f"unknown stage '{stage}'", remedy=nearest(stage, CACHED))
    if steering.resume and steering.repeat > 1:
        raise UsageError(
            "--resume keeps what is measured, --repeat measures it again: name one of them"
        )
    tools.require(selected.jobs, measured=site is None)
    for turn in range(steering.repeat):
        done = _once(selected, settings, owner, results, observer, steering, turn, command, site)
        if done.left:
            break
    return done


def _once(
    selected: Selection,
    settings: Settings,
    owner: Owner,
    results: Path,
    observer: Observer,
    steering: Steering,
    turn: int,
    command: str,
    site: Site | None,
) -> Done:
    name = selected.experiment.name
    first = order.failed(order.standing(results, name))
    seconds = durations(results / FILE, name)
    shuffle = None if steering.shuffle is None else steering.shuffle + turn
    jobs = order.ordered(selected.jobs, first, seconds, shuffle)
    with Journal.open(results).begin(_plan(selected, results, owner, command)) as recorded:
        stages = Stages(Store(settings.cache, steering.fresh, owner), owner, site)
        workers = steering.workers or order.pool_size(jobs, *_machine())
        runner = Runner(
            stages, recorded, observer, owner, workers, steering.resume, steering.stop_on_failure
        )
        rows, left = runner.run(jobs), tuple(recorded.left())
    wanted = {job.id for job in jobs} - set(left)
    return Done(tuple(row for row in rows if row.job in wanted), recorded.path, left)


def _machine() -> tuple[int, int]:
    """Cores that this process may use, and bytes of memory that are free."""
    import psutil

    return len(os.sched_getaffinity(0)), int(psutil.virtual_memory().available)


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
        again=selected.again,
    )


def _folder(file: Path) -> Path:
    """Whose repository is the user's: that of his experiment, else the one he is in."""
    there = file.expanduser().resolve().parent
    return there if there.is_dir() and not _shipped(file) else Path.cwd()


def origin(file: Path, results: Path) -> str:
    """What rows say of their experiment's file: the same from every current folder."""
    path = file.expanduser().resolve()
    if _shipped(path):
        return f"hilbench:{path.stem}"
    return Path(os.path.relpath(path, results.resolve())).as_posix()


def _shipped(file: Path) -> bool:
    """Whether hilbench has it: one of its experiments, or one made of a data set of its own."""
    folder = file.expanduser().resolve().parent
    return folder in (experiments_dir().resolve(), (package_dir() / "data").resolve())
