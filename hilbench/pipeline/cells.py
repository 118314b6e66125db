"""The experiment of all recurrent cells on one data set, on equal terms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hilbench.config import adhoc, project
from hilbench.config.experiment import (
    NAME_MAX,
    Data,
    Experiment,
    ModelEntry,
    Training,
    whole_files,
)
from hilbench.config.recipes import RECIPES, undone
from hilbench.core.errors import DataError, UsageError
from hilbench.core.registry import lookup
from hilbench.core.settings import Settings
from hilbench.data import match, own
from hilbench.data.files import Array, Arrays
from hilbench.pipeline.selection import Chosen, Selection, command_of, of_experiment
from hilbench.sources.keras.cells.base import Cell
from hilbench.sources.keras.cells.table import CELLS
from hilbench.sources.keras.families.cells import PREFIX, units_for

VARIANTS = ("int8_only",)
LEARNING_RATE = 3e-3
FORMS = ("stream", "hard", "rounded")
"""Options of the cells that are asked for all of them."""
LARGEST_TEST = 500
"""Samples that are compared where nothing is said; each runs on the board."""
MOST_PARAMETERS = 1_000_000
"""Of a cell that is asked for."""


@dataclass(frozen=True)
class Task:
    """Sequences of `steps` of `features`, and `classes` or `values` to tell of each."""

    steps: int
    features: int
    classes: int = 0
    values: int = 0

    @property
    def options(self) -> dict[str, int]:
        return {name: value for name, value in vars(self).items() if value}


@dataclass(frozen=True)
class Network:
    """A cell of so many `units`, by the name that its rows have."""

    name: str
    cell: Cell
    units: int


@dataclass(frozen=True)
class Wanted:
    """`file` and `data` as an experiment has them; no `cells` are all of them, each with about
    as many `parameters` as each number says, or with at most so many `cycles` of an invocation
    (pipeline.sizes). With several `seeds` each is trained with every one of them. With `stream`
    an invocation is one step, and the state is kept; with `hard` activations are piecewise linear;
    with `rounded` training sees what int8 leaves of states."""

    file: str
    data: dict[str, object]
    cells: Sequence[str]
    parameters: Sequence[int]
    training: Training
    variants: Sequence[str]
    seeds: Sequence[int] = ()
    stream: bool = False
    hard: bool = False
    rounded: bool = False
    cycles: Sequence[int] = ()

    @property
    def budgets(self) -> list[int]:
        """Of parameters, or of cycles where these are given; each once."""
        return list(dict.fromkeys(self.cycles or self.parameters))

    def row_name(self, cell: Cell, budget: int) -> str:
        return f"{cell.name}_{budget}" if self.cycles or len(self.budgets) > 1 else cell.name


def trained(epochs: int, seed: int, recipes: Sequence[str]) -> Training:
    """Raises UsageError for an unknown recipe, or one that undoes another."""
    known = [lookup("recipe", name, dict(zip(RECIPES, RECIPES, strict=True))) for name in recipes]
    if problem := undone(known):
        raise UsageError(f"recipes {', '.join(known)}: {problem}")
    return Training(epochs=epochs, learning_rate=LEARNING_RATE, seed=seed, recipes=tuple(known))


def select(settings: Settings, wanted: Wanted, chosen: Chosen) -> Selection:
    """By parameters. Raises UsageError for an unknown cell, DataError for what is no sequence."""
    features = task(wanted).features
    networks = [
        Network(wanted.row_name(cell, budget), cell, units_for(cell, features, budget))
        for cell in named(wanted.cells)
        for budget in wanted.budgets
    ]
    return of_networks(settings, wanted, chosen, networks)


def named(names: Sequence[str]) -> list[Cell]:
    """All of them where none is named, each once. Raises UsageError for an unknown one."""
    return [lookup("cell", name, CELLS) for name in dict.fromkeys(names)] or list(CELLS.values())


def task(wanted: Wanted) -> Task:
    """Raises DataError for samples that are no sequences."""
    return task_of(own.read(_data(wanted)))


def _data(wanted: Wanted) -> Data:
    return whole_files(Data(**{"file": wanted.file, **wanted.data}), Path.cwd())  # type: ignore[arg-type]


def of_networks(
    settings: Settings,
    wanted: Wanted,
    chosen: Chosen,
    networks: Sequence[Network],
    *words: str,
) -> Selection:
    """The experiment of these networks, with `words` in its name.

    Raises DataError for samples that are no sequences.
    """
    data = _data(wanted)
    given = own.read(data)
    if "samples" not in data.model_fields_set:
        data = Data(**{**data.model_dump(exclude_unset=True), "samples": _samples(given)})
    options = task_of(given).options
    entries = [entry for each in networks for entry in _entries(each, options, wanted)]
    spec = Experiment(**_settings(wanted, data, entries, words))
    origin = Path(str(data.file).partition(".py:")[0])
    found = of_experiment(settings, spec, origin, replace(chosen, stream=wanted.stream))
    again = {entry.row_name: _command(entry, wanted, found) for entry in entries}
    return replace(found, again=again)


def _command(entry: ModelEntry, wanted: Wanted, found: Selection) -> str:
    """That selects this cell of the same campaign: each of its sizes and seeds."""
    training = wanted.training
    return command_of(["cells", wanted.file], {
        "cell": entry.model.removeprefix(PREFIX),
        "cycles" if wanted.cycles else "parameters": list(wanted.cycles or wanted.parameters),
        "epochs": training.epochs,
        "seed": list(wanted.seeds) or training.seed,
        "recipe": list(training.recipes),
        **{name: getattr(wanted, name) for name in FORMS},
        **wanted.data,
        "uncertainty": found.experiment.measure.uncertainty,
    })  # fmt: skip


def _entries(network: Network, task: Mapping[str, int], wanted: Wanted) -> Iterator[ModelEntry]:
    """One, or one for each of several seeds: `gru`, or `gru_500_seed42` among several budgets."""
    given: dict[str, Any] = {"model": PREFIX + network.cell.name, "units": network.units}
    given |= {**task, **{name: 1 for name in FORMS if getattr(wanted, name)}}
    if not (seeds := _several(wanted.seeds)):
        yield ModelEntry(name=network.name, **given)
    for seed in seeds:
        training = wanted.training.model_copy(update={"seed": seed})
        yield ModelEntry(name=f"{network.name}_seed{seed}", training=training, **given)


def _several(seeds: Sequence[int]) -> list[int]:
    """Each once; none where all cells have the same."""
    return found if len(found := list(dict.fromkeys(seeds))) > 1 else []


def _settings(
    wanted: Wanted, data: Data, entries: Sequence[ModelEntry], special: Sequence[str]
) -> dict[str, Any]:
    """What the project folder says stands above the usual, and what was asked for above all."""
    seeds, forms = _several(wanted.seeds), [name for name in FORMS if getattr(wanted, name)]
    words: list[object] = [*wanted.budgets, *(["cycles"] if wanted.cycles else [])]
    words += [*wanted.training.recipes, *forms, *(["seeds", *seeds] if seeds else [])]
    stem = re.sub(r"[^a-z0-9_]+", "_", adhoc.name_of(wanted.file).lower())
    kind = "cycles" if wanted.cycles else "parameters"
    return {
        "schema": 1,
        "title": f"Recurrent cells of {_listed(wanted.budgets)} {kind} on {stem}",
        "engines": adhoc.ENGINES,
        "boards": adhoc.BOARDS,
        **project.defaults(),
        "name": "_".join(map(str, ["cells", *special, stem, *words]))[:NAME_MAX],
        "models": tuple(entries),
        "variants": tuple(wanted.variants) or VARIANTS,
        "training": wanted.training,
        "data": data,
    }


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(f"{number:,}" for number in numbers)


def task_of(given: Arrays) -> Task:
    """Of `x` (n, steps, features) and class numbers (n,) or values (n, values) `y`.

    Raises DataError for anything else, and for what is no number.
    """
    x, y = _x(given), _y(given)
    if x.ndim != 3:
        had = list(x.shape[1:])
        message = f"{given.where}: samples of shape {had} are no sequences"
        raise DataError(
            message, remedy="recurrent cells read (samples, steps, features), which an .npz holds"
        )
    for name, array in given.arrays.items():
        if name in (*match.SAMPLES, *match.LABELS):
            match.check_finite(f"{given.where}: '{name}'", array)
    steps, features = x.shape[1:]
    if y.dtype.kind in "iub" and y.ndim == 1:
        if (least := int(y.min())) < 0:
            raise DataError(f"{given.where}: a class {least}", remedy="classes are numbers from 0")
        return Task(steps, features, classes=max(2, int(y.max()) + 1))
    if y.ndim == 2 and y.dtype.kind == "f":
        return Task(steps, features, values=y.shape[1])
    message = f"{given.where}: labels of {y.dtype}{list(y.shape[1:])}"
    raise DataError(message, remedy="whole class numbers (samples), or values (samples, values)")


def _x(given: Arrays) -> Array:
    return _first(given, [f"x{end}" for end in ("_train", "")] + list(match.SAMPLES), "x")


def _y(given: Arrays) -> Array:
    return _first(given, ["y_train", *match.LABELS], "y")


def _first(given: Arrays, names: Sequence[str], wanted: str) -> Array:
    for name in names:
        if name in given.arrays:
            return given.arrays[name]
    there = ", ".join(given.arrays)
    raise DataError(f"{given.where}: holds {there}, no '{wanted}'", remedy="name arrays x and y")


def _samples(given: Arrays) -> int:
    """Of a test of its own all, else a fifth."""
    if "x_test" in given.arrays:
        return min(LARGEST_TEST, len(given.arrays["x_test"]))
    return min(LARGEST_TEST, max(1, len(_x(given)) // 5))
