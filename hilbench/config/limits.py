"""How much worse a number may become before a comparison says so.

schema: 1
metrics: {exe_cycles: 1%, flash_bytes: 512}
models:
  "lstm*": {exe_cycles: 3%}
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from pydantic import Field

from hilbench.config.load import Strict, load, position
from hilbench.core.errors import SpecError, UsageError
from hilbench.core.registry import nearest

Amounts = dict[str, str | int | float]

_AMOUNT = re.compile(r"(\d{1,12}(?:\.\d{1,12})?)(%?)")


class LimitsFile(Strict):
    """`metrics` are for all models, `models` for those that a glob fits, the last one first."""

    schema_: Literal[1] = Field(alias="schema")
    metrics: Amounts = Field(default_factory=dict)
    models: dict[str, Amounts] = Field(default_factory=dict)


@dataclass(frozen=True)
class Limit:
    """An absolute amount in the metric's unit, or a percentage of the value before."""

    amount: float = 0.0
    percent: bool = False

    def allows(self, before: float, worse_by: float) -> bool:
        return worse_by <= (abs(before) * self.amount / 100 if self.percent else self.amount)

    def __str__(self) -> str:
        return f"{self.amount:g}%" if self.percent else f"{self.amount:g}"


NONE = Limit()


@dataclass(frozen=True)
class Limits:
    """Of every metric and model; 0 where nothing is said."""

    metrics: Mapping[str, Limit]
    models: Mapping[str, Mapping[str, Limit]]

    def of(self, metric: str, model: str) -> Limit:
        for glob, limits in reversed(list(self.models.items())):
            if metric in limits and fnmatchcase(model, glob):
                return limits[metric]
        return self.metrics.get(metric, NONE)

    def unused(self, models: Collection[str]) -> list[str]:
        """Globs that none of `models` fits: a slip of the pen, most often."""
        return [glob for glob in self.models if not any(fnmatchcase(m, glob) for m in models)]


def limit(text: str | int | float) -> Limit:
    """ "2%", "512" or a number. Raises UsageError."""
    match = _AMOUNT.fullmatch(str(text))
    if match is None:
        raise UsageError(f"'{str(text)[:40]}' is no limit", remedy="a number, or one with %: 2%")
    return Limit(float(match[1]), bool(match[2]))


def read(path: Path, known: Iterable[str]) -> Limits:
    """The file's limits; `known` are the metrics that can be judged. Raises SpecError."""
    found = load(path, LimitsFile)
    names = list(known)

    def parsed(amounts: Amounts, *where: str) -> dict[str, Limit]:
        limits = {}
        for name, amount in amounts.items():
            at = (*where, name)
            if name not in names:
                message, remedy = f"unknown metric '{name}'", nearest(name, names)
                raise SpecError(position(path, *at), message, remedy=remedy)
            try:
                limits[name] = limit(amount)
            except UsageError as error:
                raise SpecError(position(path, *at), error.message, remedy=error.remedy) from None
        return limits

    return Limits(
        parsed(found.metrics, "metrics"),
        {glob: parsed(amounts, "models", glob) for glob, amounts in found.models.items()},
    )
