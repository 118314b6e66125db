"""An experiment as the command line narrows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hilbench.config.experiment import Experiment, load_experiment
from hilbench.core.errors import SpecError, UsageError
from hilbench.core.registry import nearest
from hilbench.pipeline.matrix import Job, jobs


@dataclass(frozen=True)
class Selection:
    path: Path
    experiment: Experiment
    jobs: list[Job]
    order: list[str]


def select(
    experiment: str,
    models: Sequence[str] | None,
    variants: Sequence[str] | None,
    engines: Sequence[str] | None,
    boards: Sequence[str] | None,
) -> Selection:
    """Models and variants choose among the experiment's; engines and boards replace them.

    Raises SpecError, UsageError.
    """
    path, spec = load_experiment(experiment)
    order = [job.id for job in _jobs_of_file(path, spec)]
    changes = {
        "models": _subset("model", models, spec.models, path),
        "variants": _subset("variant", variants, spec.variants, path),
        "engines": tuple(engines) if engines else spec.engines,
        "boards": tuple(boards) if boards else spec.boards,
    }
    narrowed = spec.model_copy(update=changes)
    chosen = jobs(narrowed)
    return Selection(path, narrowed, chosen, [*order, *(job.id for job in chosen)])


def _jobs_of_file(path: Path, spec: Experiment) -> list[Job]:
    try:
        return jobs(spec)
    except UsageError as error:
        raise SpecError(str(path), error.message, remedy=error.remedy) from None


def _subset(
    kind: str, wanted: Sequence[str] | None, there: tuple[str, ...], path: Path
) -> tuple[str, ...]:
    for name in wanted or ():
        if name not in there:
            raise UsageError(f"{path} has no {kind} '{name}'", remedy=nearest(name, there))
    return tuple(name for name in there if not wanted or name in wanted)
