"""Windows by purpose, and profiles of a window."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hilbench.core.errors import TargetError
from hilbench.cycles import profile, watch
from hilbench.cycles.profile import Entry
from hilbench.cycles.windows import Accesses, Breakdown, Call, Window

NAMES = ("engine_invoke", "fully_connected_s8", "dot")

# engine_invoke calls fully_connected_s8 from two places; each calls dot from the same one.
CALLS = (
    Call(parent=-1, site=0, function=0, instructions=10, cycles=20),
    Call(parent=0, site=0x100, function=1, instructions=30, cycles=40),
    Call(parent=1, site=0x900, function=2, instructions=100, cycles=140),
    Call(parent=0, site=0x104, function=1, instructions=3, cycles=4),
    Call(parent=3, site=0x900, function=2, instructions=50, cycles=90),
    Call(parent=0, site=0x108, function=-1, instructions=5, cycles=6),
)
WINDOW = Window(
    instructions=198,
    cycles=300,
    taken_branches=0,
    kinds={},
    loads=Accesses(0, 0, 0),
    stores=Accesses(0, 0, 0),
    breakdown=Breakdown(300, 0, 0, 0, 0, 0, 0),
    instruction_reads=0,
    data_reads=0,
    unaligned=0,
    unaligned_at=0,
    stack_low=0,
    calls=CALLS,
)


def test_by_function() -> None:
    assert profile.by_function(WINDOW, NAMES) == (
        Entry("dot", 150, 230, 230 / 300),
        Entry("fully_connected_s8", 33, 44, 44 / 300),
        Entry("engine_invoke", 10, 20, 20 / 300),
        Entry("?", 5, 6, 6 / 300),
    )


def test_by_site_counts_what_the_call_calls() -> None:
    label = {0x100: "0 FULLY_CONNECTED", 0x104: "1 FULLY_CONNECTED"}
    assert profile.by_site(WINDOW, lambda site: label.get(site, "")) == (
        Entry("0 FULLY_CONNECTED", 130, 180, 180 / 300),
        Entry("1 FULLY_CONNECTED", 53, 94, 94 / 300),
    )


def test_calls_with_one_label_are_one_entry() -> None:
    entries = profile.by_site(WINDOW, lambda site: "op" if site in (0x100, 0x104) else "")
    assert [(entry.name, entry.cycles) for entry in entries] == [("op", 274)]


def test_collapsed_stacks_add_up() -> None:
    lines = profile.collapsed(WINDOW, NAMES).splitlines()
    assert "engine_invoke;fully_connected_s8;dot 230" in lines
    assert "engine_invoke 20" in lines
    assert sum(int(line.rsplit(" ", 1)[1]) for line in lines) == WINDOW.cycles


def test_names_do_not_break_a_collapsed_line() -> None:
    text = profile.collapsed(replace(WINDOW, calls=CALLS[:1]), ["f(int; char)"])
    assert text == "f(int:_char) 20\n"


def windows(count: int) -> tuple[Window, ...]:
    return tuple(replace(WINDOW, cycles=number) for number in range(count))


def test_windows_are_told_apart_by_their_order() -> None:
    """Self-test 0 and 1, cold 2, warm-ups 3 and 4, repetitions 5 to 7, sample 8."""
    counts = watch.sort(windows(9), warmups=2, repetitions=3, samples=1)
    assert counts.cold.cycles == 2
    assert [window.cycles for window in counts.repetitions] == [5, 6, 7]
    assert [window.cycles for window in counts.samples] == [8]


@pytest.mark.parametrize("count", [8, 10])
def test_another_number_of_windows(count: int) -> None:
    with pytest.raises(TargetError, match=f"the plugin saw {count} windows, 9 were expected"):
        watch.sort(windows(count), warmups=2, repetitions=3, samples=1)
