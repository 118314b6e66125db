"""What a core or chip file assumes where no manual says it, and what may be true instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from hilbench.config.load import Strict
from hilbench.config.words import form

_NAME = r"^[a-z][a-z0-9_]{0,39}$"


class Alternative(Strict):
    """`change` has new values by their place in the file, 0 and 1 for false and true:
    {kinds.branch.refill: 2}.

    `evidence` is what speaks for or against it. What silicon has ruled out is `rejected`: it is
    looked for on a board, and no longer part of the uncertainty of a time.
    """

    name: str = form(_NAME, "a name of a-z, 0-9 and _")
    change: dict[str, int] = Field(min_length=1)
    evidence: str = ""
    rejected: bool = False


class Assumption(Strict):
    """`what` is assumed, `why`, and what it costs `if_wrong`."""

    name: str = form(_NAME, "a name of a-z, 0-9 and _")
    what: str
    why: str
    if_wrong: str
    alternatives: tuple[Alternative, ...] = Field(min_length=1)


Assumptions = tuple[Assumption, ...]
M = TypeVar("M", bound=BaseModel)


def changed(facts: M, alternative: Alternative) -> M:
    """A core or chip as the alternative has it, without its own assumptions.

    Raises ValueError where the file has no such place, the value does not fit it, or is
    what the file says already.
    """
    values = facts.model_dump(by_alias=True)
    values["assumptions"] = ()
    for path, value in alternative.change.items():
        _set(values, path, value)
    try:
        return type(facts).model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{place}: {first['msg']}") from None


def check(facts: BaseModel, assumptions: Assumptions) -> None:
    """Raises ValueError for two assumptions of one name, or an alternative that cannot be."""
    names = [assumption.name for assumption in assumptions]
    if twins := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"assumptions: twice: {', '.join(twins)}")
    for assumption in assumptions:
        for alternative in assumption.alternatives:
            try:
                changed(facts, alternative)
            except ValueError as error:
                where = f"assumptions: {assumption.name}, {alternative.name}"
                raise ValueError(f"{where}: {error}") from None


def value_at(values: Any, path: str) -> int:
    """What a core or chip as a mapping says at a place. Raises ValueError where there is none."""
    place, last = _place(values, path)
    return int(place[last])


def sourced(values: Any, path: str, source: str) -> None:
    """Says in a core or chip as a mapping where the value at a place is from."""
    place, _ = _place(values, path)
    place["source"] = source


def _set(values: Any, path: str, value: int) -> None:
    place, last = _place(values, path)
    if place[last] == value:
        raise ValueError(f"{path} is {value} already")
    place[last] = bool(value) if isinstance(place[last], bool) and value in (0, 1) else value


def _place(values: Any, path: str) -> tuple[dict[str, Any], str]:
    """The mapping that has the value, and its key there."""
    *way, last = path.split(".")
    for step in way:
        values = _inside(values, step, path)
    if not isinstance(values, dict) or last not in values:
        raise ValueError(f"there is no {path}")
    return values, last


def _inside(values: Any, step: str, path: str) -> Any:
    """An entry of a mapping, or the entry of a list that has the name."""
    if isinstance(values, list | tuple):
        values = {entry.get("name"): entry for entry in values if isinstance(entry, dict)}
    if not isinstance(values, Mapping) or not isinstance(values.get(step), dict | list | tuple):
        raise ValueError(f"there is no {path}")
    return values[step]
