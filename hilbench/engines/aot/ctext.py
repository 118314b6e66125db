"""Values as C source text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

C_TYPES = {
    "float32": "float",
    "bool": "uint8_t",
    "int8": "int8_t",
    "uint8": "uint8_t",
    "int16": "int16_t",
    "uint16": "uint16_t",
    "int32": "int32_t",
    "uint32": "uint32_t",
    "int64": "int64_t",
    "uint64": "uint64_t",
}
_NOT_FINITE = {"inf": "INFINITY", "-inf": "-INFINITY", "nan": "NAN"}
_WIDTH = 100


def integer(value: int) -> str:
    return str(int(value))


def real(value: float) -> str:
    """The shortest decimal number that a compiler reads as the same float32."""
    text = str(np.float32(value))
    return _NOT_FINITE.get(text, f"{text}f")


def numbers(data: np.ndarray) -> list[str]:
    """The elements of an array, in row-major order."""
    if data.dtype.kind == "f":
        return [real(value) for value in data.ravel()]
    return [str(value) for value in data.astype(np.int64).ravel().tolist()]


def lines(items: Sequence[str], indent: str) -> str:
    """Items with commas, on as few lines as fit; an item is never broken."""
    found: list[str] = []
    line = indent
    for item in items:
        if len(line) + len(item) + 1 > _WIDTH and line != indent:
            found.append(line.rstrip())
            line = indent
        line += f"{item}, "
    return "\n".join([*found, line.rstrip(", ")])


def call(function: str, arguments: Sequence[str], indent: str) -> str:
    """The statement `function(arguments...);`, broken behind commas where it is too long."""
    line = f"{indent}{function}({', '.join(arguments)});"
    if len(line) <= _WIDTH:
        return line
    return f"{indent}{function}(\n{lines(arguments, indent + '    ')});"
