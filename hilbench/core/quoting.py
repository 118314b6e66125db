"""How a value is written for another program so that it stays a value: one function per program."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from hilbench.core.errors import BuildError

_CMAKE_SPECIAL = re.compile(r'[;"\\$|\[\]\x00-\x1f\x7f]')
"""What takes a CMake list apart, is expanded by it, or ends a path for Ninja."""


def qemu(value: Path | str) -> str:
    """Inside one of QEMU's comma-separated options (`-chardev`, `-plugin`, `-M`)."""
    return str(value).replace(",", ",,")


def cmake(value: Path | str) -> str:
    """One value as CMake reads it back, in bracket quotes.

    Raises BuildError for one that CMake or Ninja would take apart or expand.
    """
    text = str(value)
    if found := _CMAKE_SPECIAL.search(text):
        raise BuildError(
            f"{text!r} cannot be handed to CMake: it has the character {found[0]!r} in it",
            remedy="use a folder without it",
        )
    return f"[==[{text}]==]"


def cmake_list(name: str, values: Iterable[Path | str]) -> str:
    """The command that gives a variable these values."""
    return f"set({name} {' '.join(cmake(value) for value in values)})\n"


def c_string(value: str) -> str:
    """A string literal of C11: printable ASCII as it is, everything else in octal."""
    plain = {ord('"'): '\\"', ord("\\"): "\\\\", ord("?"): "\\?"}
    octets = value.encode("utf-8")
    return (
        '"'
        + "".join(plain.get(o) or (chr(o) if 32 <= o < 127 else f"\\{o:03o}") for o in octets)
        + '"'
    )
