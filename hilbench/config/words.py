"""What pydantic found, in the words of someone who writes YAML.

`SAY` has a line for every kind of mistake that the models of hilbench.config can raise; a test
compares it with their schemas. A sentence goes on after "key 'x': ".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import Field

from hilbench.core.text import counted, one_line

Context = Mapping[str, Any]

_SHOWN = 40
_FORMS: dict[str, str] = {}


def form(pattern: str, words: str, **more: Any) -> Any:
    """A pydantic Field whose text must match; `words` say so to people."""
    _FORMS[pattern] = words
    return Field(pattern=pattern, **more)


def _literal(context: Context) -> str:
    return f"must be {context['expected']}"


def _matches(context: Context) -> str:
    pattern = str(context["pattern"])
    return f"must be {_FORMS.get(pattern, f'of the form {pattern}')}"


def _bound(limit: float) -> str:
    """Every digit of it, as a file would have it."""
    return str(int(limit)) if limit == int(limit) else str(limit)


def _entries(word: str, bound: str) -> Callable[[Context], str]:
    return lambda context: f"must have at {word} {counted(context[bound], 'entry', 'entries')}"


def _letters(word: str, bound: str) -> Callable[[Context], str]:
    return lambda context: f"must have at {word} {counted(context[bound], 'character')}"


SAY: dict[str, str | Callable[[Context], str]] = {
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping (name: value)",
    "model_type": "must be a mapping (key: value)",
    "model_attributes_type": "must be a mapping (key: value)",
    "none_required": "must be left out",
    "literal_error": _literal,
    "enum": _literal,
    "string_pattern_mismatch": _matches,
    "string_too_short": _letters("least", "min_length"),
    "string_too_long": _letters("most", "max_length"),
    "too_short": _entries("least", "min_length"),
    "too_long": _entries("most", "max_length"),
    "greater_than": lambda c: f"must be more than {_bound(c['gt'])}",
    "greater_than_equal": lambda c: f"must be at least {_bound(c['ge'])}",
    "less_than": lambda c: f"must be less than {_bound(c['lt'])}",
    "less_than_equal": lambda c: f"must be at most {_bound(c['le'])}",
    "multiple_of": lambda c: f"must be a multiple of {_bound(c['multiple_of'])}",
    "union_tag_invalid": lambda c: f"must be one of {c['expected_tags']}",
}
_WITHOUT_VALUE = {"too_short", "too_long", "none_required"}


def said(found: Mapping[str, Any]) -> str:
    """One of ValidationError.errors() as a sentence, the value that was given at its end."""
    kind, context = str(found["type"]), found.get("ctx", {})
    if kind not in SAY:
        return one_line(str(found["msg"]).removeprefix("Value error, "))
    words = SAY[kind]
    text = words if isinstance(words, str) else words(context)
    if kind in _WITHOUT_VALUE:
        return text
    given = context["tag"] if kind == "union_tag_invalid" else found["input"]
    return f"{text}, not {shown(given)}"


def shown(value: Any) -> str:
    """A value as its file has it, if that is short."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = one_line(str(value))
    text = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    return f"'{text}'" if isinstance(value, str) else text
