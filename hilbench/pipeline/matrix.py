"""An experiment's jobs: every cell of models x variants x engines x boards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from hilbench.config.board import boards
from hilbench.config.experiment import Experiment
from hilbench.core.registry import lookup
from hilbench.engines.base import engines
from hilbench.sources.keras.catalogue import models
from hilbench.sources.keras.variants import VARIANTS


@dataclass(frozen=True)
class Job:
    """One cell; its names are known to exist."""

    model: str
    variant: str
    engine: str
    board: str

    @property
    def id(self) -> str:
        return f"{self.model}/{self.variant}/{self.engine}/{self.board}"


def jobs(experiment: Experiment) -> list[Job]:
    """All jobs in the order of the experiment file, models outermost.

    Raises UsageError for an unknown model, variant, engine or board.
    """
    kinds: tuple[tuple[str, Iterable[str], dict[str, object]], ...] = (
        ("model", experiment.models, {**models()}),
        ("variant", experiment.variants, {**VARIANTS}),
        ("engine", experiment.engines, {**engines()}),
        ("board", experiment.boards, {**boards()}),
    )
    for kind, names, known in kinds:
        for name in names:
            lookup(kind, name, known)
    return [Job(*cell) for cell in product(*(names for _, names, _ in kinds))]
