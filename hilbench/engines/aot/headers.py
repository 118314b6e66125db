"""The structs that the kernels' headers declare, and whether a call fills them.

In C a field that an initialiser leaves out is 0, and a number of another type is converted, both
in silence. So what a lowering hands over is compared with the header before anything is emitted.

What is understood is what firmware/kernels has: scalars of fixed size, float, arrays of them,
structs, and pointers to those, with lengths that are numbers or enumerators.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from hilbench.core.errors import BuildError
from hilbench.core.paths import firmware_dir
from hilbench.engines.aot.ctext import C_TYPES
from hilbench.engines.aot.program import Call, Constant, Pointer, Struct, Value

_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_INCLUDE = re.compile(r'^#include "(\w+\.h)"', re.MULTILINE)
_STRUCT = re.compile(r"\bstruct (\w+)\s*\{(.*?)\}\s*;", re.DOTALL)
_ENUM = re.compile(r"\benum\s*\w*\s*\{(.*?)\}", re.DOTALL)
_ENUMERATOR = re.compile(r"(\w+)\s*=\s*(\d+)")
_DECLARATION = re.compile(r"\s*(?:const\s+)?((?:struct\s+)?\w+)\b(.*)", re.DOTALL)
_DECLARATOR = re.compile(r"\s*(\*?)\s*(?:const\s+)?(\w+)\s*(?:\[\s*(\w+)\s*\])?\s*")
_INTEGER = re.compile(r"(u?)int(8|16|32|64)_t")
_FLOAT = "float"


@dataclass(frozen=True)
class Field:
    """One field: "int8_t", "float" or "struct window"; `length` is None unless it is an array."""

    name: str
    type: str
    is_pointer: bool
    length: int | None


Structs = Mapping[str, tuple[Field, ...]]


def folders() -> tuple[Path, ...]:
    """Where headers of kernels are."""
    return (firmware_dir() / "kernels",)


def structs(header: str) -> Structs:
    """The structs of a header and of those that it includes, by tag.

    Raises BuildError for a header that is not there or that cannot be understood.
    """
    for folder in folders():
        if (path := folder / header).is_file():
            return _parsed(path)
    raise BuildError(f"there is no header {header} of a kernel")


def checked(call: Call) -> Call:
    """The same call; raises BuildError unless its parameters are exactly its header's struct."""
    known = structs(call.header)
    problem = next(_problems(call.params, known), "")
    if problem:
        raise BuildError(f"{call.kernel} ({call.header}): {problem}")
    return call


def _problems(struct: Struct, known: Structs) -> Iterator[str]:
    fields = {field.name: field for field in known.get(struct.tag, ())}
    if struct.tag not in known:
        yield f"there is no struct {struct.tag}"
        return
    for name in sorted(fields.keys() ^ struct.fields.keys()):
        missing = "is not filled" if name in fields else "does not exist"
        yield f"field '{name}' of struct {struct.tag} {missing}"
    for name, field in fields.items():
        if reason := _mismatch(field, struct.fields.get(name)):
            yield f"field '{name}' of struct {struct.tag} {reason}"
    for value in struct.fields.values():
        inner = value.target if isinstance(value, Pointer) else value
        if isinstance(inner, Struct):
            yield from _problems(inner, known)


def _mismatch(field: Field, value: Value) -> str:
    """Why `value` cannot be in `field`, "" where it can."""
    if field.is_pointer:
        return _pointer_mismatch(field, value)
    if isinstance(value, Struct):
        return "" if field.type == f"struct {value.tag}" else f"is {field.type}, not {value.tag}"
    if isinstance(value, (tuple, np.ndarray)):
        numbers = np.asarray(value)
        if isinstance(value, tuple) and field.type == _FLOAT:
            return f"is {_FLOAT}: give an array, as a tuple is written as integers"
        if field.length is None or numbers.size != field.length:
            return f"takes {field.length or 'one'} of {field.type}, not {numbers.size}"
        return _number_mismatch(field, numbers)
    if isinstance(value, (int, float, np.integer)) and field.length is None:
        return _number_mismatch(field, np.asarray(value))
    return f"is {field.type}, not {type(value).__name__}"


def _pointer_mismatch(field: Field, value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Pointer):
        found = f"struct {value.target.tag}"
    elif isinstance(value, Constant):
        found = C_TYPES[value.data.dtype.name]
    else:
        return "is a pointer"
    # void is whatever a kernel moves without looking at it
    return "" if field.type in (found, "void") else f"points to {field.type}, not {found}"


def _number_mismatch(field: Field, numbers: np.ndarray) -> str:
    if field.type == _FLOAT:
        return "" if numbers.dtype.kind in "fiu" else f"is {field.type}"
    integer = _INTEGER.fullmatch(field.type)
    if integer is None or numbers.dtype.kind not in "iub":
        return f"is {field.type}, not {numbers.dtype}"
    bits, signed = int(integer[2]), not integer[1]
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    fits = numbers.size == 0 or (low <= int(numbers.min()) and int(numbers.max()) <= high)
    return "" if fits else f"is {field.type}, which {numbers.ravel()[:4].tolist()} exceeds"


@cache
def _parsed(path: Path) -> Structs:
    text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    found: dict[str, tuple[Field, ...]] = {}
    for name in _INCLUDE.findall(text):
        if any((folder / name).is_file() for folder in folders()):
            found |= structs(name)
    lengths = {
        name: int(value)
        for body in _ENUM.findall(text)
        for name, value in _ENUMERATOR.findall(body)
    }
    for tag, body in _STRUCT.findall(text):
        found[tag] = tuple(_fields(body, lengths, f"{path.name}: struct {tag}"))
    return found


def _fields(body: str, lengths: Mapping[str, int], where: str) -> Iterator[Field]:
    for declaration in body.split(";"):
        if not declaration.strip():
            continue
        match = _DECLARATION.fullmatch(declaration)
        for text in match[2].split(",") if match else [""]:
            declarator = _DECLARATOR.fullmatch(text)
            length = declarator[3] if declarator else None
            if match is None or declarator is None or not _is_length(length, lengths):
                raise BuildError(f"{where}: cannot understand '{declaration.strip()}'")
            kind = " ".join(match[1].split())
            size = None if length is None else lengths.get(length) or int(length)
            yield Field(declarator[2], kind, bool(declarator[1]), size)


def _is_length(text: str | None, lengths: Mapping[str, int]) -> bool:
    return text is None or text.isdigit() or text in lengths
