"""Names of sources.keras.recipes.RECIPES, and which of them go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Literal, get_args

Recipe = Literal[
    "pruned", "pruned_blocks", "clustered", "circulant", "low_rank", "shifts", "int8_weights"
]
RECIPES: tuple[Recipe, ...] = get_args(Recipe)

_ANY = frozenset(RECIPES)
_UNDOES: Mapping[str, frozenset[str]] = {
    "pruned": frozenset({"low_rank"}),
    "pruned_blocks": frozenset({"low_rank"}),
    "clustered": frozenset({"low_rank", "int8_weights"}),
    "shifts": frozenset({"low_rank", "int8_weights"}),
    "int8_weights": frozenset({"low_rank", "shifts"}),
    "circulant": _ANY - {"circulant"},
    "low_rank": _ANY - {"low_rank", "circulant"},
}
"""By recipe those whose work it undoes where they come before it: a mean of weights is zero no
more, a rounded product of low rank has full rank."""


def undone(names: Sequence[str]) -> str | None:
    """Why these do not go together in this order, and which order would do; None where they do."""
    for number, name in enumerate(names):
        if name in names[:number]:
            return f"{name} is named twice"
    for first, second in combinations(names, 2):
        if first in _UNDOES[second]:
            other = f"name {second} first" if second not in _UNDOES[first] else "take one of them"
            return f"{second} after {first} undoes it: {other}"
    return None
