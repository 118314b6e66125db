"""Reads a YAML file into a pydantic model; every mistake has a line and a remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from hilbench.config import yaml
from hilbench.config.words import said, shown
from hilbench.core.errors import SpecError
from hilbench.core.registry import nearest
from hilbench.core.text import printable

M = TypeVar("M", bound="Strict")


class Strict(BaseModel):
    """Base of everything read from YAML: frozen, no unknown keys, no coercion.

    Built when the first is made: a command reads some kinds of files, and imports them all.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True
    )


def load(path: Path, model: type[M], defaults: Mapping[str, Any] | None = None) -> M:
    """Read and check one file; `defaults` are for what it does not say, of a section as well.

    Raises SpecError with file, line, key and the nearest valid key.
    """
    document = yaml.read(path)
    name = printable(str(path))
    if not isinstance(document.value, dict):
        raise SpecError(name, f"a mapping is expected, not {_kind(document.value)}")
    try:
        return model.model_validate(_over(defaults or {}, document.value))
    except ValidationError as error:
        raise _spec_error(name, document, model, error) from None


def _over(defaults: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """What is said, above the defaults; mappings key by key."""
    merged = {**defaults, **said}
    for key, value in defaults.items():
        if isinstance(value, dict) and isinstance(said.get(key), dict):
            merged[key] = {**value, **said[key]}
    return merged


def position(path: Path, *location: str | int) -> str:
    """ "file:line" of a key, or of the part of it that the file has, for what is refused later.

    The file alone where it can no longer be read.
    """
    try:
        return f"{printable(str(path))}:{yaml.read(path).line(location)}"
    except SpecError:
        return printable(str(path))


def _kind(value: Any) -> str:
    if value is None:
        return "an empty file"
    return "a list" if isinstance(value, tuple) else f"the single value {shown(value)}"


def _spec_error(
    name: str, document: yaml.Document, model: type[Strict], error: ValidationError
) -> SpecError:
    # A misspelt key also makes the right one missing: the spelling says more.
    first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
    location = tuple(_places(document.value, first["loc"]))
    if first["type"].startswith("union_tag_"):
        location = (*location, first["ctx"]["discriminator"].strip("'"))
    where = f"{name}:{document.line(location)}"
    key = _spelt(location)
    if first["type"] == "extra_forbidden":
        valid = keys(model, location[:-1])
        return SpecError(where, f"unknown key '{key}'", remedy=nearest(str(location[-1]), valid))
    if first["type"] in ("missing", "union_tag_not_found"):
        return SpecError(where, f"key '{key}' is missing")
    if location == ("schema",) and isinstance(first["input"], int):
        remedy = "update hilbench" if first["input"] > 1 else "the version of the format is 1"
        return SpecError(where, f"key 'schema': {said(first)}", remedy=remedy)
    return SpecError(where, f"key '{key}': {said(first)}" if key else said(first))


def _spelt(location: yaml.Location) -> str:
    """models[0], training.epochs"""
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in location).lstrip(".")


def _places(value: Any, found: Iterable[str | int]) -> Iterator[str | int]:
    """pydantic's location without what it adds: the tag of the union that a value is of."""
    for part in found:
        if isinstance(value, dict) and part not in value and part in value.values():
            continue
        yield part
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, tuple) and isinstance(part, int) and part < len(value):
            value = value[part]


def keys(model: type[BaseModel], location: Iterable[str | int] = ()) -> list[str]:
    """The keys that are valid at `location` inside `model`, as a file spells them."""
    models = [model]
    for part in location:
        fields = [f for m in models for name, f in _by_key(m).items() if name == part]
        inner = [m for field in fields for m in models_in(field.annotation)]
        models = inner or models
    return list(dict.fromkeys(name for m in models for name in _by_key(m)))


def _by_key(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """Every model that a value of this type may be, or hold."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in models_in(inner)]
