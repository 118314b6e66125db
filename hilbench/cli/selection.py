"""An experiment as the command line narrows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from hilbench.config.bench import load_bench
from hilbench.config.experiment import Experiment, load_experiment
from hilbench.config.optimisation import Optimisation
from hilbench.core.errors import UsageError
from hilbench.core.registry import lookup, nearest
from hilbench.core.settings import Settings
from hilbench.pipeline import plan
from hilbench.pipeline.plan import Job


@dataclass(frozen=True)
class Selection:
    """`order` are the ids of all jobs that the results file may hold."""

    path: Path
    experiment: Experiment
    jobs: tuple[Job, ...]
    order: list[str]


def select(
    settings: Settings,
    experiment: str,
    models: Sequence[str] | None,
    variants: Sequence[str] | None,
    engines: Sequence[str] | None,
    boards: Sequence[str] | None,
    optimisations: Sequence[str] | None = None,
) -> Selection:
    """Models and variants choose among the experiment's; engines, boards and levels replace them.

    Raises SpecError, UsageError.
    """
    path, spec = load_experiment(experiment)
    plan.check(spec, path)
    changes = {
        "models": _subset("model", models, spec.models, path),
        "variants": _subset("variant", variants, spec.variants, path),
        "engines": tuple(engines) if engines else spec.engines,
        "boards": tuple(boards) if boards else spec.boards,
        "optimisations": _levels(optimisations) or spec.optimisations,
    }
    narrowed = spec.model_copy(update=changes)
    chosen = plan.resolve(narrowed, load_bench(settings), settings)
    return Selection(path, narrowed, chosen, [*plan.ids(spec), *(job.id for job in chosen)])


def _levels(wanted: Sequence[str] | None) -> tuple[Optimisation, ...]:
    """`-Os`, or `Os` for short."""
    known = {level.removeprefix("-"): level for level in get_args(Optimisation)}
    return tuple(lookup("optimisation", name.removeprefix("-"), known) for name in wanted or ())


def _subset(
    kind: str, wanted: Sequence[str] | None, there: tuple[str, ...], path: Path
) -> tuple[str, ...]:
    for name in wanted or ():
        if name not in there:
            raise UsageError(f"{path} has no {kind} '{name}'", remedy=nearest(name, there))
    return tuple(name for name in there if not wanted or name in wanted)
