"""Where the time of a window goes: by function, by operator, and as a flame graph."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from hilbench.cycles.windows import Call, Window

UNKNOWN = "?"


@dataclass(frozen=True)
class Entry:
    """One line of a profile; `share` is of the window's cycles."""

    name: str
    instructions: int
    cycles: int
    share: float


def by_function(window: Window, names: Sequence[str]) -> tuple[Entry, ...]:
    """Each function without what it calls, most cycles first."""
    return _entries(window, [_name(call, names) for call in window.calls])


def by_site(window: Window, label: Callable[[int], str]) -> tuple[Entry, ...]:
    """Each labelled call with everything that it calls, most cycles first.

    `label` names the address of a call, "" for those that are of no interest. What lies below a
    labelled call belongs to it, unless it is labelled itself; the rest is left out.
    """
    labels: list[str] = []
    for call in window.calls:
        inherited = labels[call.parent] if call.parent >= 0 else ""
        labels.append(label(call.site) or inherited)
    return _entries(window, labels)


def cycles_below(window: Window, names: Sequence[str], roots: Collection[str]) -> int:
    """Of the functions `roots`, with everything that they call."""
    below: list[bool] = []
    for call in window.calls:
        inherited = call.parent >= 0 and below[call.parent]
        below.append(inherited or _name(call, names) in roots)
    return sum(call.cycles for call, counts in zip(window.calls, below, strict=True) if counts)


def collapsed(window: Window, names: Sequence[str]) -> str:
    """Call paths and their own cycles, "a;b;c 120" to the line, as flame-graph tools read them."""
    paths: list[str] = []
    totals: dict[str, int] = {}
    for call in window.calls:
        own = _name(call, names).replace(";", ":").replace(" ", "_")
        paths.append(f"{paths[call.parent]};{own}" if call.parent >= 0 else own)
        totals[paths[-1]] = totals.get(paths[-1], 0) + call.cycles
    return "".join(f"{path} {cycles}\n" for path, cycles in sorted(totals.items()) if cycles)


def _name(call: Call, names: Sequence[str]) -> str:
    return names[call.function] if call.function >= 0 else UNKNOWN


def _entries(window: Window, labels: Sequence[str]) -> tuple[Entry, ...]:
    """Sums of the calls by label; "" is left out."""
    instructions: dict[str, int] = {}
    cycles: dict[str, int] = {}
    for call, name in zip(window.calls, labels, strict=True):
        instructions[name] = instructions.get(name, 0) + call.instructions
        cycles[name] = cycles.get(name, 0) + call.cycles
    entries = [
        Entry(name, instructions[name], cycles[name], cycles[name] / window.cycles)
        for name in cycles
        if name
    ]
    return tuple(sorted(entries, key=lambda entry: (-entry.cycles, entry.name)))
