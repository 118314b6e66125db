"""`hilbench list`: what an experiment may name."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from hilbench.cli import console
from hilbench.cli.options import Json


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


Rows = tuple[list[str], list[list[str]]]


def _models() -> Rows:
    from hilbench.sources.keras.catalogue import models

    rows = [
        [m.name, m.family, m.dataset, f"{m.counts().parameters:,}", f"{m.counts().macs:,}"]
        for m in models().values()
    ]
    return ["model", "family", "data", "parameters", "MACs"], rows


def _variants() -> Rows:
    from hilbench.sources.keras.variants import VARIANTS

    return ["variant", "type", "label"], [[v.name, v.io, v.label] for v in VARIANTS.values()]


def _engines() -> Rows:
    from hilbench.engines.base import engines

    return ["engine", "description"], [[e.name, e.description] for e in engines().values()]


def _boards() -> Rows:
    from hilbench.config.board import boards, load_board

    loaded = [load_board(name) for name in boards()]
    rows = [
        [b.name, b.cpu.core, b.target.kind, _kib(b.memory.flash.length), _kib(b.memory.ram.length),
         b.description]
        for b in loaded
    ]  # fmt: skip
    return ["board", "core", "target", "flash", "RAM", "description"], rows


def _experiments() -> Rows:
    from hilbench.config.experiment import load_experiment
    from hilbench.core.paths import experiments_dir

    paths = sorted(experiments_dir().glob("*.yaml"))
    return ["experiment", "title"], [[p.stem, load_experiment(str(p))[1].title] for p in paths]


def _kib(size: int) -> str:
    return f"{size // 1024} KiB"


_TABLES = {
    What.MODELS: _models,
    What.VARIANTS: _variants,
    What.ENGINES: _engines,
    What.BOARDS: _boards,
    What.EXPERIMENTS: _experiments,
}
