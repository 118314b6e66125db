"""`hilbench list`: what an experiment may name, and where it is from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from hilbench.cli import console
from hilbench.cli.options import Json
from hilbench.core.errors import HilbenchError

if TYPE_CHECKING:
    from hilbench.core.doors import Found

T = TypeVar("T")

KIB = 1024
BROKEN = "broken: "


class What(StrEnum):
    MODELS = "models"
    VARIANTS = "variants"
    ENGINES = "engines"
    BOARDS = "boards"
    CHIPS = "chips"
    CORES = "cores"
    DATA = "data"
    METRICS = "metrics"
    FIGURES = "figures"
    FORMATS = "formats"
    TARGETS = "targets"
    EXPERIMENTS = "experiments"


def register(app: typer.Typer) -> None:
    app.command("list")(list_)


def list_(
    what: Annotated[What, typer.Argument(help="What to list.")], as_json: Json = False
) -> None:
    """List what an experiment may name: in hilbench, in packages and in the project folder.

    What is broken is listed with its reason, and is no error: the exit code is 0.
    """
    columns, rows = _TABLES[what]()
    if as_json:
        console.print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        console.print_table(columns, rows)


Rows = tuple[list[str], list[list[console.Cell]]]


def _lines(
    found: Mapping[str, Found[T]],
    columns: list[str],
    cells: Callable[[str, T], list[console.Cell]],
    why: str,
) -> Rows:
    """A line for each thing, its origin last.

    One that cannot be read is said to be broken in the column `why`, and takes no other away.
    """
    rows: list[list[console.Cell]] = []
    for name, each in found.items():
        try:
            line = cells(name, each.thing)
        except HilbenchError as error:
            line = [name, *[""] * (columns.index(why) - 1), f"{BROKEN}{error}"]
        rows.append([*line, *[""] * (len(columns) - len(line) - 1), each.origin])
    return columns, rows


def _models() -> Rows:
    from hilbench.core import usercode
    from hilbench.sources import named
    from hilbench.sources.keras.model import ModelSpec

    def cells(name: str, thing: ModelSpec | str) -> list[console.Cell]:
        if isinstance(thing, ModelSpec):
            counts = thing.counts()
            return [name, thing.family, thing.dataset, counts.parameters, counts.macs]
        if (function := usercode.parse(thing, Path())) is not None:
            usercode.check(function)
        return [name, thing]

    columns = ["model", "family", "data", "parameters", "MACs", "from"]
    return _lines(named.found(), columns, cells, "family")


def _variants() -> Rows:
    from hilbench.sources.keras.variants import VARIANTS

    rows: list[list[console.Cell]] = [[v.name, v.io, v.label] for v in VARIANTS.values()]
    return ["variant", "type", "label"], rows


def _engines() -> Rows:
    from hilbench.engines.base import found_engines

    rows: list[list[console.Cell]] = [
        [name, found.thing.description, found.origin] for name, found in found_engines().items()
    ]
    return ["engine", "description", "from"], rows


def _boards() -> Rows:
    from hilbench.config.board import found_boards, load_board

    def cells(name: str, _: Path) -> list[console.Cell]:
        board = load_board(name)
        memory = board.memory
        return [name, board.cpu.core, board.target.kind, memory.flash.length // KIB,
                memory.ram.length // KIB, board.description]  # fmt: skip

    columns = ["board", "core", "target", "flash KiB", "RAM KiB", "description", "from"]
    return _lines(found_boards(), columns, cells, "description")


def _chips() -> Rows:
    from hilbench.config.chip import found_chips, load_chip

    def cells(name: str, _: Path) -> list[console.Cell]:
        return [name, load_chip(name).description]

    return _lines(found_chips(), ["chip", "description", "from"], cells, "description")


def _cores() -> Rows:
    from hilbench.config.core import found_cores, load_core

    def cells(name: str, _: Path) -> list[console.Cell]:
        return [name, load_core(name).source]

    return _lines(found_cores(), ["core", "source", "from"], cells, "source")


def _data() -> Rows:
    from hilbench.config.experiment import found_data
    from hilbench.data import found_datasets

    rows: list[list[console.Cell]] = [
        [name, "data set", found.origin] for name, found in found_datasets().items()
    ]
    rows += [[name, found.thing, found.origin] for name, found in found_data().items()]
    return ["data", "file", "from"], rows


def _metrics() -> Rows:
    from hilbench.record.tasks import found_tasks

    rows: list[list[console.Cell]] = [
        [name, found.thing.label, found.thing.task, found.thing.doc, found.origin]
        for name, found in found_tasks().items()
    ]
    return ["metric", "label", "task", "description", "from"], rows


def _figures() -> Rows:
    from hilbench.report.drawing import found_kinds

    return ["figure", "from"], [[name, found.origin] for name, found in found_kinds().items()]


def _formats() -> Rows:
    from hilbench.report.format import found_formats

    rows: list[list[console.Cell]] = [
        [name, found.thing.doc, found.origin] for name, found in found_formats().items()
    ]
    return ["format", "for", "from"], rows


def _targets() -> Rows:
    from hilbench.core.settings import Settings
    from hilbench.targets.base import found_targets

    found = found_targets(Settings.read())
    return ["target", "from"], [[name, each.origin] for name, each in found.items()]


def _experiments() -> Rows:
    from hilbench.config.experiment import found_experiments
    from hilbench.config.project import load_experiment

    def cells(name: str, path: Path) -> list[console.Cell]:
        return [name, load_experiment(str(path))[1].title]

    columns = ["experiment", "title", "from"]
    return _lines(found_experiments(), columns, cells, "title")


_TABLES = {
    What.MODELS: _models,
    What.VARIANTS: _variants,
    What.ENGINES: _engines,
    What.BOARDS: _boards,
    What.CHIPS: _chips,
    What.CORES: _cores,
    What.DATA: _data,
    What.METRICS: _metrics,
    What.FIGURES: _figures,
    What.FORMATS: _formats,
    What.TARGETS: _targets,
    What.EXPERIMENTS: _experiments,
}
