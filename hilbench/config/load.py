"""Reads a YAML file into a pydantic model; every mistake has a line and a remedy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from hilbench.core.errors import SpecError
from hilbench.core.registry import nearest

M = TypeVar("M", bound="Strict")


class Strict(BaseModel):
    """Base of everything read from YAML: frozen, no unknown keys, no coercion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def load(path: Path, model: type[M]) -> M:
    """Read and check one file.

    Raises SpecError with file, line, key and the nearest valid key.
    """
    data = _parse(path)
    if not isinstance(data, dict):
        raise SpecError(str(path), f"a mapping is expected, not {_kind(data)}")
    try:
        return model.model_validate(_plain(data))
    except ValidationError as error:
        raise _spec_error(path, data, model, error) from None


def _parse(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SpecError(str(path), error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise SpecError(str(path), "not a UTF-8 text file") from error
    try:
        return YAML(typ="rt", pure=True).load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SpecError(f"{path}:{line}", f"not valid YAML: {error.problem}") from None
    except YAMLError as error:
        raise SpecError(str(path), f"not valid YAML: {error}") from None


def _kind(data: Any) -> str:
    if data is None:
        return "an empty file"
    return "a list" if isinstance(data, list) else f"a single {type(data).__name__}"


def _plain(value: Any) -> Any:
    """ruamel's annotated containers and scalars as plain ones (lists as tuples)."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(_plain(item) for item in value)
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def _spec_error(path: Path, data: Any, model: type[Strict], error: ValidationError) -> SpecError:
    # A misspelt key also makes the right one missing: the spelling says more.
    first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
    location = list(first["loc"])
    where = f"{path}:{_line(data, location)}"
    key = ".".join(str(part) for part in location)
    if first["type"] == "extra_forbidden":
        valid = _fields(model, location[:-1])
        return SpecError(where, f"unknown key '{key}'", remedy=nearest(str(location[-1]), valid))
    if first["type"] == "missing":
        return SpecError(where, f"key '{key}' is missing")
    message = first["msg"].removeprefix("Value error, ")
    return SpecError(where, f"key '{key}': {message}" if key else message)


def _line(data: Any, location: Sequence[str | int]) -> int:
    """The line of the innermost part of `location` that the file has."""
    line = data.lc.line
    for part in location:
        positions = getattr(getattr(data, "lc", None), "data", None) or {}
        if part not in positions:
            break
        line = positions[part][0]
        data = data[part]
    return int(line) + 1


def _fields(model: type[BaseModel], location: Iterable[str | int]) -> list[str]:
    """The keys that are valid at `location` inside `model`."""
    current = model
    for part in location:
        field = current.model_fields.get(str(part))
        inner = _model_in(field.annotation) if field else None
        current = inner or current
    return list(current.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
        if nested := [m for a in get_args(candidate) if (m := _model_in(a))]:
            return nested[0]
    return None
