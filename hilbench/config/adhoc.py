"""An experiment of one network that the command line or a notebook names."""

from __future__ import annotations

import re

from hilbench.config import project
from hilbench.config.experiment import NAME_MAX, Data, Experiment, ModelEntry

VARIANTS = ("basic", "int8_only")
ENGINES = ("aot",)
BOARDS = ("mps2_an386",)


def experiment(entry: ModelEntry, variants: tuple[str, ...] = ()) -> Experiment:
    """Named after the network; its rows are in a results file of their own.

    What the project folder says stands above the values here. Raises SpecError for it.
    """
    return Experiment(
        **{
            "schema": 1,
            "name": _name(entry.row_name),
            "title": entry.row_name,
            "models": (entry,),
            "variants": VARIANTS,
            "engines": ENGINES,
            "boards": BOARDS,
            "data": Data(),
            **project.defaults(),
            **({"variants": variants} if variants else {}),
        }
    )


def _name(text: str) -> str:
    """As a results file may be called."""
    name = re.sub(r"[^a-z0-9_]+", "_", text.lower()).strip("_") or "model"
    return (name if name[0].isalpha() else f"m_{name}")[:NAME_MAX]
