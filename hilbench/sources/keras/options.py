"""A family's row with other numbers: `{model: lstm, units: 128}`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from hilbench.config.experiment import ModelEntry
from hilbench.config.load import keys
from hilbench.core.errors import UsageError
from hilbench.core.registry import nearest
from hilbench.sources.keras.model import ModelSpec


def applied(spec: ModelSpec, options: Mapping[str, object], name: str) -> ModelSpec:
    """The row with these values in place of its own, called `name`.

    Raises UsageError for an option that the family does not have, or one that is not a
    whole positive number.
    """
    if not options:
        return spec if spec.name == name else _named(spec, name)
    for key, value in options.items():
        if key not in spec.options:
            remedy = nearest(key, [*spec.options, *keys(ModelEntry)])
            raise UsageError(f"model '{spec.name}' has no option '{key}'", remedy=remedy)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise UsageError(f"model '{spec.name}': {key} must be a whole positive number")
    made = _named(spec, name, **options)
    if (why := made.refusal()) is not None:
        raise UsageError(f"model '{spec.name}': {why}")
    return made


def _named(spec: ModelSpec, name: str, **changes: Any) -> ModelSpec:
    known = {field.name for field in fields(spec)}
    return replace(spec, name=name, **{k: v for k, v in changes.items() if k in known})
