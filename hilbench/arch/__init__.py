"""CPU families: what is true of each is said here, once."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from typing import cast

from hilbench.arch.base import Family
from hilbench.core.registry import collect, lookup


@cache
def families() -> Mapping[str, Family]:
    """Every family by name: the objects FAMILY of this package's modules."""
    found = cast(list[Family], collect(sys.modules[__name__], "FAMILY"))
    return {family.name: family for family in found}


def cores() -> dict[str, Family]:
    """The family of every core, by GCC's name of the core."""
    return {core: family for family in families().values() for core in family.cores}


def family(name: str) -> Family:
    """Raises UsageError for an unknown name."""
    return lookup("CPU family", name, families())


def family_of(core: str) -> Family:
    """Raises UsageError for a core that no family has."""
    return lookup("core", core, cores())


def code_mask(elf_machine: str) -> int:
    """The bits that make an address of code, by pyelftools' name of an image's machine."""
    named = (f.code_mask for f in families().values() if f.elf_machine == elf_machine)
    return next(named, ~0)
