"""Every model there is, found by looking into each family's table."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import cast

import hilbench.sources.keras.families as package
from hilbench.core.registry import collect, lookup
from hilbench.sources.keras.model import ModelSpec


@cache
def models() -> dict[str, ModelSpec]:
    """The rows of all `MODELS` tables in modules of hilbench.sources.keras.families, by name."""
    tables = cast("Iterable[tuple[ModelSpec, ...]]", collect(package, "MODELS"))
    return {spec.name: spec for table in tables for spec in table}


def find(name: str) -> ModelSpec:
    """Raises UsageError with the nearest name there is."""
    return lookup("model", name, models())
