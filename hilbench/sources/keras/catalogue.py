"""Every model there is, found by looking into each family's table."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import cast

import hilbench.sources.keras.families as package
from hilbench.core.registry import collect, lookup, table
from hilbench.sources.keras.model import ModelSpec


@cache
def models() -> dict[str, ModelSpec]:
    """The rows of all `MODELS` tables in modules of hilbench.sources.keras.families, by name.

    Raises UsageError where two have one name.
    """
    tables = cast("Iterable[tuple[ModelSpec, ...]]", collect(package, "MODELS"))
    return table("model", (spec for rows in tables for spec in rows))


def find(name: str) -> ModelSpec:
    """Raises UsageError with the nearest name there is."""
    return lookup("model", name, models())
