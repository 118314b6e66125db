"""An experiment of one network that the command line or a notebook names."""

from __future__ import annotations

import re
from pathlib import Path

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
            "name": name_of(entry.model),
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


def name_of(network: str) -> str:
    """What its results file is called: my_model_keras, build_gru."""
    text = network.rpartition(":")[2] if ".py:" in network else Path(network).name
    name = re.sub(r"[^a-z0-9_]+", "_", text.lower()).strip("_") or "model"
    return (name if name[0].isalpha() else f"m_{name}")[:NAME_MAX]
