"""Every mistake that a model of hilbench.config can raise is said in words of our own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from hilbench.config.bench import Bench
from hilbench.config.board import AnyTarget, Board
from hilbench.config.chip import Chip
from hilbench.config.core import Core
from hilbench.config.experiment import Experiment
from hilbench.config.load import Strict
from hilbench.config.words import SAY, form, said, shown

MODELS: tuple[type[Strict], ...] = (Bench, Board, Chip, Core, Experiment)

# What the validators behind a kind of schema can raise under `strict`; see pydantic's page of
# errors. Kinds that hold another schema raise nothing of their own.
RAISED: dict[str, set[str]] = {
    "str": {"string_type"},
    "int": {"int_type"},
    "float": {"float_type", "finite_number"},
    "bool": {"bool_type"},
    "tuple": {"tuple_type"},
    "dict": {"dict_type"},
    "literal": {"literal_error"},
    "model": {"model_type"},
    "model-fields": {"model_type"},
    "tagged-union": {"union_tag_invalid", "model_attributes_type"},
}
HOLDERS = {"default", "nullable", "definitions", "definition-ref", "model-field", "chain"}
OURS = {"function-after", "function-before", "function-wrap", "function-plain"}
CONSTRAINTS: dict[str, set[str]] = {
    "pattern": {"string_pattern_mismatch"},
    "min_length": {"string_too_short", "too_short"},
    "max_length": {"string_too_long", "too_long"},
    "gt": {"greater_than"},
    "ge": {"greater_than_equal"},
    "lt": {"less_than"},
    "le": {"less_than_equal"},
    "multiple_of": {"multiple_of"},
}


def schemas(value: Any) -> Iterator[dict[str, Any]]:
    """Every core schema inside a core schema."""
    if isinstance(value, dict):
        if isinstance(value.get("type"), str):
            yield value
        for key, inner in value.items():
            if key not in ("metadata", "serialization", "expected", "function"):
                yield from schemas(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from schemas(inner)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_kind_of_mistake_has_words(model: type[Strict]) -> None:
    model.model_rebuild()  # models are built when the first file of theirs is read
    found = list(schemas(model.__pydantic_core_schema__))
    assert found
    for schema in found:
        kind = schema["type"]
        assert kind in RAISED or kind in HOLDERS or kind in OURS, f"new in {model.__name__}: {kind}"
        constraints = (errors for name, errors in CONSTRAINTS.items() if name in schema)
        assert RAISED.get(kind, set()).union(*constraints) <= set(SAY)


@pytest.mark.parametrize(
    ("annotation", "value", "sentence"),
    [
        (tuple[str, ...], "a", "must be a list, not 'a'"),
        (str, 5, "must be text, not 5"),
        (str, True, "must be text, not true"),
        (int, "5", "must be a whole number, not '5'"),
        (int, 1.5, "must be a whole number, not 1.5"),
        (int, None, "must be a whole number, not empty"),
        (float, (), "must be a number, not a list"),
        (bool, "yes", "must be true or false, not 'yes'"),
        (dict[str, int], 1, "must be a mapping (name: value), not 1"),
        (AnyTarget, 1, "must be a mapping (key: value), not 1"),
        (
            Annotated[int, Field(lt=1 << 32)],
            1 << 33,
            "must be less than 4294967296, not 8589934592",
        ),
        (Annotated[float, Field(gt=0.5)], 0.25, "must be more than 0.5, not 0.25"),
    ],
)
def test_types_in_words(annotation: Any, value: Any, sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(annotation).validate_python(value, strict=True)
    assert said(caught.value.errors()[0]) == sentence


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_no_pattern_is_shown_as_it_is(model: type[Strict]) -> None:
    patterns = {s["pattern"] for s in schemas(model.__pydantic_core_schema__) if "pattern" in s}
    assert [p for p in patterns if p in said(_refused_by(p))] == []


def _refused_by(pattern: str) -> dict[str, Any]:
    return {"type": "string_pattern_mismatch", "ctx": {"pattern": pattern}, "input": "?"}


def test_patterns_say_what_they_are_for() -> None:
    class Named(Strict):
        name: str = form("^[a-z]+$", "lower-case letters", max_length=3)
        few: tuple[int, ...] = Field(default=(), max_length=1)

    def sentence(**values: object) -> str:
        with pytest.raises(ValidationError) as caught:
            Named(**values)
        return said(caught.value.errors()[0])

    assert sentence(name="A") == "must be lower-case letters, not 'A'"
    assert sentence(name="abcd") == "must have at most 3 characters, not 'abcd'"
    assert sentence(name="a", few=(1, 2)) == "must have at most 1 entry"


def test_long_and_dangerous_values_are_shown_short() -> None:
    assert shown("x" * 50) == f"'{'x' * 40}...'"
    assert shown("\x1b[2J\n") == "'\ufffd[2J'"
