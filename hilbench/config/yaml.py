"""One YAML document as plain values with the line of each: everything bounded, nothing run.

The parser gives events, one after the other; they become values here, because only here can
be counted what a file makes of itself. Scalars are those of YAML 1.2's core schema. There are
no aliases and no tags: a few lines of either can stand for gigabytes, or for objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from hilbench.core import files
from hilbench.core.errors import SpecError
from hilbench.core.text import counted, one_line, printable

LARGEST_FILE = files.MIB
LONGEST_LINE = 65_536
MOST_NODES = 20_000
DEEPEST = 24
LONGEST_TEXT = 2_000
LARGEST_INTEGER = 2**64 - 1

Location = tuple[str | int, ...]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where PyYAML has it, which takes a fifteenth of the time: a core's table is long."""

_INTEGER = re.compile(r"[-+]?\d[\d_]*|0o[0-7]+|0x[0-9a-fA-F_]+")
_FLOAT = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}


@dataclass(frozen=True)
class Document:
    """`value` of dictionaries, tuples and scalars; `lines` from 1, by the way to each value."""

    value: Any
    lines: dict[Location, int] = field(default_factory=dict)

    def line(self, location: Location) -> int:
        """That of the innermost part of `location` which the file has."""
        parts = (location[:end] for end in range(len(location), 0, -1))
        return next((self.lines[part] for part in parts if part in self.lines), 1)


def read(path: Path) -> Document:
    """Raises SpecError: no readable file, no YAML, or more of it than any experiment needs."""
    name = printable(str(path))
    try:
        text = files.read(path, LARGEST_FILE).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SpecError(name, "not a UTF-8 text file") from None
    except (OSError, ValueError) as error:
        raise SpecError(name, files.why(error)) from error
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            raise SpecError(f"{name}:{number}", f"a line of more than {LONGEST_LINE:,} characters")
    try:
        return _Reader(yaml.parse(text, _LOADER)).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}:{mark.line + 1 if mark else 1}"
        problem = one_line(str(error.problem or error.context))
        raise SpecError(where, f"not valid YAML: {problem}") from None
    except yaml.YAMLError as error:
        raise SpecError(name, f"not valid YAML: {one_line(str(error))}") from None
    except _Refused as error:
        raise SpecError(f"{name}:{error.line}", str(error)) from None


class _Refused(Exception):
    def __init__(self, event: Any, message: str) -> None:
        super().__init__(message)
        self.line = _line(event)


def _line(event: Any) -> int:
    line: int = event.start_mark.line
    return line + 1


class _Reader:
    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._nodes = 0
        self._lines: dict[Location, int] = {}

    def document(self) -> Document:
        """The first document, which must be the only one."""
        value: Any = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _Refused(event, "not valid YAML: a second document begins here")
                value = self._value(next(self._events), ())
        return Document(value, self._lines)

    def _value(self, event: Any, at: Location) -> Any:
        self._check(event, at)
        self._lines.setdefault(at, _line(event))
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return tuple(self._items(at))
        return self._mapping(at)

    def _check(self, event: Any, at: Location) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise _Refused(event, f"more than {counted(MOST_NODES, 'value')} in one file")
        if len(at) > DEEPEST:
            raise _Refused(event, f"nested more than {DEEPEST} deep")
        if isinstance(event, yaml.AliasEvent):
            raise _Refused(event, "aliases (*name) are not used here; write it out")
        if event.tag not in (None, "!"):
            raise _Refused(event, "tags (!name) are not used here")

    def _items(self, at: Location) -> Iterator[Any]:
        for index, event in enumerate(self._events):
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self._value(event, (*at, index))

    def _mapping(self, at: Location) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                raise _Refused(event, "a key must be a word")
            self._check(event, at)
            key = one_line(event.value)[:LONGEST_TEXT]
            if key in found:
                raise _Refused(event, f"key '{key}' appears twice")
            self._lines[(*at, key)] = _line(event)
            found[key] = self._value(next(self._events), (*at, key))
        return found


def _scalar(event: Any) -> Any:
    """A plain word may be a number, a truth value or nothing; what is quoted is text."""
    text: str = event.value
    if len(text) > LONGEST_TEXT:
        raise _Refused(event, f"a text of {len(text):,} characters (at most {LONGEST_TEXT:,})")
    if not event.implicit[0]:
        return printable(text)
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return _integer(event, text.replace("_", ""))
    return float(text) if _FLOAT.fullmatch(text) else printable(text)


def _integer(event: Any, text: str) -> int:
    """YAML 1.2: a leading 0 is decimal, 0o octal. The limit is that of 64 bits."""
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    shortest = text.lstrip("+-0xo")
    value = int(text, base) if len(shortest) <= 64 else LARGEST_INTEGER + 1
    if abs(value) > LARGEST_INTEGER:
        raise _Refused(event, f"a number of {len(shortest):,} digits; 64 bits are the limit")
    return value
