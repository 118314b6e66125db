"""Instruction timings of a processor core: hilbench/cycles/cores/<name>.yaml.

Cycles on a system with zero-wait memory, as the core's Technical Reference Manual
gives them; each number names its source. A new core is a new file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from hilbench.config.assumption import Assumptions, check
from hilbench.config.load import Strict, load
from hilbench.core import doors
from hilbench.core.errors import SpecError
from hilbench.core.paths import package_dir
from hilbench.core.registry import lookup, nearest


class Timing(Strict):
    """Cycles of one kind of instruction.

    cycles + per_transfer * words, + refill when a branch is taken, - pipelined when the
    instruction before `leads` (a load whose data phase overlaps with the next address
    phase). An instruction of the FPU waits while the one before keeps it `fpu_busy`.
    """

    cycles: int = Field(ge=0, le=64)
    per_transfer: int = Field(default=0, ge=0, le=8)
    refill: int = Field(default=0, ge=0, le=16)
    pipelined: int = Field(default=0, ge=0, le=8)
    leads: bool = False
    fpu_busy: int = Field(default=0, ge=0, le=64)
    source: str


class Rule(Strict):
    """What neighbouring instructions cost or save; see docs/cycle-model.md."""

    cycles: int = Field(ge=0, le=8)
    source: str


class FetchBuffer(Strict):
    """32-bit words that the core fetches ahead."""

    words: int = Field(ge=1, le=6)
    source: str


class Rules(Strict):
    address_stall: Rule
    fpu_result_stall: Rule
    it_folded: Rule
    misaligned_target: Rule
    unaligned_access: Rule
    fetch_buffer: FetchBuffer
    fetch_restart: Rule
    bus_switch: Rule
    unaligned_load: Rule = Rule(cycles=0, source="ASSUMPTION: no manual says more")
    flag_branch: Rule = Rule(cycles=0, source="ASSUMPTION: no manual says more")


class Core(Strict):
    """A core's table. `lacks` are the kinds of which its instruction set has no instruction.

    `cpu` is the core of boards that it is for, as they name it; none is one of its own name.
    """

    schema_version: Literal[1] = Field(alias="schema")
    name: str
    cpu: str | None = None
    source: str
    lacks: tuple[str, ...] = ()
    kinds: dict[str, Timing]
    rules: Rules
    assumptions: Assumptions = ()

    @property
    def board_core(self) -> str:
        return self.cpu or self.name

    @model_validator(mode="after")
    def _every_kind_is_timed(self) -> Core:
        for where, names in (("kinds.", tuple(self.kinds)), ("lacks: ", self.lacks)):
            for name in names:
                if name not in kinds():
                    raise ValueError(f"{where}{name}: no such kind; {nearest(name, kinds())}")
        for name in kinds():
            if name not in self.kinds and name not in self.lacks:
                raise ValueError(f"kinds: nothing about '{name}'")
            if name in self.kinds and name in self.lacks:
                raise ValueError(f"lacks: {name}: has cycles in 'kinds'")
        return self

    @model_validator(mode="after")
    def _overlap_is_part_of_the_cycles(self) -> Core:
        for name, timing in self.kinds.items():
            if timing.pipelined > timing.cycles:
                raise ValueError(f"kinds.{name}: pipelined is more than cycles")
        return self

    @model_validator(mode="after")
    def _alternatives_can_be(self) -> Core:
        check(self, self.assumptions)
        return self


@cache
def kinds() -> tuple[str, ...]:
    """Every kind of instruction that the plugin tells apart, in its order."""
    text = (package_dir() / "cycles" / "plugin" / "kinds.def").read_text(encoding="utf-8")
    return tuple(re.findall(r"^KIND\((\w+)\)$", text, re.MULTILINE))


def cores_dir() -> Path:
    return package_dir() / "cycles" / "cores"


def found_cores() -> Mapping[str, doors.Found[Path]]:
    """Every core by name. Raises UsageError for two of one name."""
    return doors.files("cores", cores_dir(), "*.yaml")


def cores() -> dict[str, Path]:
    """As `found_cores`, without where they are from."""
    return doors.things(found_cores())


def load_core(name: str) -> Core:
    """Raises UsageError for an unknown name, SpecError for a wrong file."""
    path = lookup("core", name, cores())
    core = load(path, Core)
    if core.name != name:
        raise SpecError(str(path), f"name is '{core.name}', the file says '{name}'")
    return core
