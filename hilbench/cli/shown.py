"""Whose results a command shows: an experiment's, or those of a results file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hilbench.config.experiment import Experiment

ShownArgument = Annotated[
    str,
    typer.Argument(
        metavar="EXPERIMENT|NETWORK|CSV", help="Whose results are shown, or a results file."
    ),
]


@dataclass(frozen=True)
class Shown:
    """A results file, what it is called in folders and in figures, and models that these lack."""

    csv: Path
    name: str
    title: str
    leave_out: tuple[str, ...] = ()


def shown(what: str, results: Path) -> Shown:
    """Raises UsageError, SpecError."""
    from hilbench.pipeline import selection

    if what.endswith(".csv"):
        return Shown(Path(what), Path(what).stem, Path(what).stem)
    spec = selection.experiment(what)
    return of(spec, results / f"{spec.name}.csv")


def of(spec: Experiment, csv: Path) -> Shown:
    return Shown(csv, spec.name, spec.title, tuple(spec.figures.leave_out))
