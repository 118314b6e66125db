"""`hilbench list`: what an experiment may name."""

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
    EXPERIMENTS = "experiments"


def register(app: typer.Typer) -> None:
    app.command("list")(list_)


def list_(
    what: Annotated[What, typer.Argument(help="What to list.")], as_json: Json = False
) -> None:
    """List models, variants, engines, boards or shipped experiments."""
    columns, rows = _TABLES[what]()
    if as_json:
        console.print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        console.print_table(columns, rows)


Rows = tuple[list[str], list[list[console.Cell]]]


def _models() -> Rows:
    from hilbench.sources.keras.catalogue import models

    rows: list[list[console.Cell]] = [
        [m.name, m.family, m.dataset, m.counts().parameters, m.counts().macs]
        for m in models().values()
    ]
    return ["model", "family", "data", "parameters", "MACs"], rows


def _variants() -> Rows:
    from hilbench.sources.keras.variants import VARIANTS

    rows: list[list[console.Cell]] = [[v.name, v.io, v.label] for v in VARIANTS.values()]
    return ["variant", "type", "label"], rows


def _engines() -> Rows:
    from hilbench.engines.base import engines

    rows: list[list[console.Cell]] = [[e.name, e.description] for e in engines().values()]
    return ["engine", "description"], rows


def _boards() -> Rows:
    from hilbench.config.board import boards, load_board

    loaded = [load_board(name) for name in boards()]
    rows: list[list[console.Cell]] = [
        [b.name, b.cpu.core, b.target.kind, b.memory.flash.length // KIB,
         b.memory.ram.length // KIB, b.description]
        for b in loaded
    ]  # fmt: skip
    return ["board", "core", "target", "flash KiB", "RAM KiB", "description"], rows


def _experiments() -> Rows:
    from hilbench.config.experiment import load_experiment, shipped_experiments

    rows: list[list[console.Cell]] = [
        [name, load_experiment(str(path))[1].title] for name, path in shipped_experiments().items()
    ]
    return ["experiment", "title"], rows


_TABLES = {
    What.MODELS: _models,
    What.VARIANTS: _variants,
    What.ENGINES: _engines,
    What.BOARDS: _boards,
    What.EXPERIMENTS: _experiments,
}
