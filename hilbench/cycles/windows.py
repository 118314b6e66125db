"""What the plugin counted: one record per window, as frozen objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hilbench.core.errors import TargetError


@dataclass(frozen=True)
class Accesses:
    """Transfers of up to a word, by memory region."""

    flash: int
    ram: int
    other: int


@dataclass(frozen=True)
class Breakdown:
    """Where the cycles went; they add up to the window's.

    `issue`: the core's table, with overlapping loads and folded ITs. `address` and `fpu`:
    waiting for a register. `unaligned`: more transfers of unaligned loads. `refill`: taken
    branches. `fetch`: waiting for instructions. `data`: waiting for flash or slow RAM.
    """

    issue: int
    address: int
    unaligned: int
    fpu: int
    refill: int
    fetch: int
    data: int


@dataclass(frozen=True)
class Call:
    """A node of the call tree: a function called at one place by one node.

    `parent` is an index into `Window.calls`, -1 for a root; `site` the address of the call;
    `function` an index into `Image.functions`, -1 if the address is in none. Instructions
    and cycles are its own, without those of what it called.
    """

    parent: int
    site: int
    function: int
    instructions: int
    cycles: int


@dataclass(frozen=True)
class Window:
    """Counts between two marks; `kinds` are instructions by kind.

    `unaligned` accesses are at no multiple of their size, vectors left out; `unaligned_at` is the
    address of the last instruction that made one.
    `instruction_reads` and `data_reads` are reads of the flash array. `stack_low` is the lowest
    address of the stack region that was stored to, the region's end if none was.
    """

    instructions: int
    cycles: int
    taken_branches: int
    kinds: Mapping[str, int]
    loads: Accesses
    stores: Accesses
    breakdown: Breakdown
    instruction_reads: int
    data_reads: int
    unaligned: int
    unaligned_at: int
    stack_low: int
    calls: tuple[Call, ...]


def read(path: Path) -> tuple[Window, ...]:
    """Every complete record so far, in order; a line still being written is left out.

    Raises TargetError for a file that is not the plugin's.
    """
    try:
        lines = path.read_text().split("\n")[:-1]
        return tuple(_window(json.loads(line)) for line in lines)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise TargetError(f"the plugin's record cannot be read: {error}") from error


def _window(record: Any) -> Window:
    return Window(
        instructions=record["instructions"],
        cycles=record["cycles"],
        taken_branches=record["taken_branches"],
        kinds=record["kinds"],
        loads=Accesses(**record["loads"]),
        stores=Accesses(**record["stores"]),
        breakdown=Breakdown(**record["breakdown"]),
        instruction_reads=record["flash_reads"]["instruction"],
        data_reads=record["flash_reads"]["data"],
        unaligned=record["unaligned"],
        unaligned_at=record["unaligned_at"],
        stack_low=record["stack_low"],
        calls=_calls(record["calls"]),
    )


def _calls(nodes: list[list[int]]) -> tuple[Call, ...]:
    """The plugin numbers nodes over all windows; parents come first."""
    index = {node[0]: place for place, node in enumerate(nodes)}
    return tuple(Call(-1 if parent < 0 else index[parent], *rest) for _, parent, *rest in nodes)
