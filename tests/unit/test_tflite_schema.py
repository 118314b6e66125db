"""The numbers of schema.py are those of the accessors that TensorFlow ships."""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any

import pytest

from hilbench.tflite import schema

pytestmark = pytest.mark.keras

TABLES = (
    schema.Model,
    schema.OperatorCode,
    schema.SubGraph,
    schema.Tensor,
    schema.QuantizationParameters,
    schema.Operator,
    schema.Buffer,
    schema.Metadata,
)


@pytest.fixture(scope="module")
def official() -> ModuleType:
    from tensorflow.lite.python import schema_py_generated

    return schema_py_generated


def names_by_number(enumeration: Any) -> list[str]:
    found = {v: k for k, v in vars(enumeration).items() if not k.startswith("_")}
    return [found[number] for number in range(len(found))]


def fields(official: ModuleType, table: str) -> list[str]:
    """Field names in order: the builder has a function `<Table>Add<Field>` for each."""
    added = [name for name in vars(official) if re.match(f"{table}Add[A-Z]", name)]
    return [name.removeprefix(f"{table}Add") for name in added]


def same(ours: str, theirs: str) -> bool:
    return ours.replace("_", "").lower() == theirs.lower()


def test_enumerations(official: ModuleType) -> None:
    assert list(schema.BUILTIN_OPERATORS) == names_by_number(official.BuiltinOperator)
    assert [name.upper() for name in schema.TENSOR_TYPES] == names_by_number(official.TensorType)
    assert list(schema.ACTIVATIONS) == names_by_number(official.ActivationFunctionType)
    assert list(schema.PADDINGS) == names_by_number(official.Padding)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_field_numbers(official: ModuleType, table: type) -> None:
    theirs = fields(official, table.__name__)
    ours = {name: number for name, number in vars(table).items() if not name.startswith("_")}
    for name, number in ours.items():
        assert same(name, theirs[number]), f"{table.__name__} field {number}"


@pytest.mark.parametrize("operator", sorted(schema.OPTIONS))
def test_options(official: ModuleType, operator: str) -> None:
    options = schema.OPTIONS[operator]
    table = names_by_number(official.BuiltinOptions)[options.number]
    defaults = vars(getattr(official, f"{table}T")())
    theirs = fields(official, table)
    current = [field for field in options.fields if not field.name.startswith("_")]
    for field, name in zip(current, theirs, strict=False):
        assert same(field.name, name)
        key = name[0].lower() + name[1:]
        without_default = field.kind in ("int32[]", "string")
        assert without_default or defaults[key] == field.default
