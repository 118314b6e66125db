"""The static memory plan."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hilbench.engines.aot.plan import ALIGNMENT, Buffer, plan


@st.composite
def buffers(draw: st.DrawFn) -> Buffer:
    first = draw(st.integers(-1, 20))
    return Buffer(draw(st.integers(0, 200)), first, first + draw(st.integers(0, 12)))


@given(st.lists(buffers(), max_size=24))
def test_no_two_live_buffers_overlap(found: list[Buffer]) -> None:
    result = plan(found)
    placed = list(zip(result.offsets, found, strict=True))
    for offset, buffer in placed:
        assert offset >= 0 and offset % ALIGNMENT == 0
        assert offset + buffer.size <= result.size
    for (offset_a, a), (offset_b, b) in combinations(placed, 2):
        live_together = a.first <= b.last and b.first <= a.last
        if live_together and a.size and b.size:
            assert offset_a + a.size <= offset_b or offset_b + b.size <= offset_a


@given(st.lists(buffers(), max_size=24))
def test_the_lower_bound_is_the_largest_sum_of_live_buffers(found: list[Buffer]) -> None:
    steps = range(-1, 34)
    live = [sum(b.reserved for b in found if b.first <= step <= b.last) for step in steps]
    result = plan(found)
    assert result.lower_bound == max(live)
    assert result.size >= result.lower_bound


def test_memory_is_used_again() -> None:
    chain = [Buffer(64, step, step + 1) for step in range(10)]
    assert plan(chain).size == 128
    assert plan(chain).lower_bound == 128


def test_sizes_are_rounded_up_to_the_alignment() -> None:
    result = plan([Buffer(1, 0, 1), Buffer(17, 0, 1)])
    assert result.size == 16 + 32


@pytest.mark.parametrize("count", [0, 1])
def test_few_buffers(count: int) -> None:
    result = plan([Buffer(48, 0, 0)] * count)
    assert (result.size, result.offsets) == (48 * count, (0,) * count)


def test_an_order_other_than_by_size_may_win() -> None:
    """By size alone the long-lived small buffer ends up between two large ones."""
    found = [Buffer(160, 0, 1), Buffer(96, 1, 2), Buffer(160, 2, 3), Buffer(32, 0, 3)]
    result = plan(found)
    assert result.size == result.lower_bound == 288


def test_thousands_that_live_at_once_lie_side_by_side() -> None:
    """A large graph's plan is arithmetic on arrays: 8,000 buffers took a minute one by one."""
    found = [Buffer(16 * (1 + index % 7), 0, 1 + index % 2) for index in range(2000)]
    result = plan(found)
    assert result.size == result.lower_bound == sum(buffer.reserved for buffer in found)
