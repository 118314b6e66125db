"""A project folder: what its hilbench.yaml says where an experiment or a command does not."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from hilbench.config import experiment
from hilbench.config.experiment import (
    Data,
    Experiment,
    Limits,
    Measure,
    Names,
    Training,
    whole_files,
)
from hilbench.config.load import Strict, load
from hilbench.config.optimisation import Optimisation
from hilbench.core import doors


class Defaults(Strict):
    """As the keys of an experiment. Files are relative to the project folder."""

    variants: Names | None = Field(default=None, min_length=1)
    engines: Names | None = Field(default=None, min_length=1)
    boards: Names | None = Field(default=None, min_length=1)
    optimisations: tuple[Optimisation, ...] | None = Field(default=None, min_length=1)
    training: Training | None = None
    data: Data | None = None
    measure: Measure | None = None
    limits: Limits | None = None


class Project(Strict):
    schema_version: Literal[1] = Field(alias="schema")
    defaults: Defaults = Defaults()


def defaults() -> dict[str, Any]:
    """Of the project that the current folder is in, none outside; sections as mappings.

    Raises SpecError for a wrong hilbench.yaml.
    """
    folder = doors.project_dir()
    return {} if folder is None else _defaults(folder)


@cache
def _defaults(folder: Path) -> dict[str, Any]:
    found = load(folder / doors.PROJECT_FILE, Project).defaults
    if found.data is not None:
        found = found.model_copy(update={"data": whole_files(found.data, folder)})
    return found.model_dump(exclude_unset=True)


def of_experiment(path: Path) -> dict[str, Any]:
    """For an experiment's file: none if it is not inside the project folder."""
    folder = doors.project_dir()
    inside = folder is not None and path.resolve().is_relative_to(folder)
    return defaults() if inside else {}


def load_experiment(path_or_name: str) -> tuple[Path, Experiment]:
    """experiment.load_experiment, with what the project folder says. Raises SpecError."""
    return experiment.load_experiment(path_or_name, of_experiment)
