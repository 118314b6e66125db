"""`hilbench list`: what an experiment may name, and where it is from."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from hilbench.cli import console
from hilbench.cli.options import Json

KIB = 1024


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
    TARGETS = "targets"
    EXPERIMENTS = "experiments"


def register(app: typer.Typer) -> None:
    app.command("list")(list_)


def list_(
    what: Annotated[What, typer.Argument(help="What to list.")], as_json: Json = False
) -> None:
    """List what an experiment may name: in hilbench, in packages and in the project folder."""
    columns, rows = _TABLES[what]()
    if as_json:
        console.print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        console.print_table(columns, rows)


Rows = tuple[list[str], list[list[console.Cell]]]


def _models() -> Rows:
    from hilbench.sources import named

    rows: list[list[console.Cell]] = []
    for name, found in named.found().items():
        if isinstance(found.thing, str):
            rows.append([name, found.thing, "", "", "", found.origin])
            continue
        counts, spec = found.thing.counts(), found.thing
        rows.append([name, spec.family, spec.dataset, counts.parameters, counts.macs, found.origin])
    return ["model", "family", "data", "parameters", "MACs", "from"], rows


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

    loaded = [(load_board(name), found.origin) for name, found in found_boards().items()]
    rows: list[list[console.Cell]] = [
        [b.name, b.cpu.core, b.target.kind, b.memory.flash.length // KIB,
         b.memory.ram.length // KIB, b.description, origin]
        for b, origin in loaded
    ]  # fmt: skip
    return ["board", "core", "target", "flash KiB", "RAM KiB", "description", "from"], rows


def _chips() -> Rows:
    from hilbench.config.chip import found_chips

    return ["chip", "from"], [[name, found.origin] for name, found in found_chips().items()]


def _cores() -> Rows:
    from hilbench.config.core import found_cores

    return ["core", "from"], [[name, found.origin] for name, found in found_cores().items()]


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


def _targets() -> Rows:
    from hilbench.core.settings import Settings
    from hilbench.targets.base import found_targets

    found = found_targets(Settings.read())
    return ["target", "from"], [[name, each.origin] for name, each in found.items()]


def _experiments() -> Rows:
    from hilbench.config.experiment import found_experiments
    from hilbench.config.project import load_experiment

    rows: list[list[console.Cell]] = [
        [name, load_experiment(str(found.thing))[1].title, found.origin]
        for name, found in found_experiments().items()
    ]
    return ["experiment", "title", "from"], rows


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
    What.TARGETS: _targets,
    What.EXPERIMENTS: _experiments,
}
