"""Which loops the compiler finds in a program, and what their text is made of."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
import small_graphs
from hypothesis import given
from hypothesis import strategies as st

from hilbench.engines.aot.compiler import compile_graph
from hilbench.engines.aot.passes.reroll import reroll
from hilbench.engines.aot.program import Call, Loop, Operand, Segment, Struct
from hilbench.engines.aot.storage import Storage
from hilbench.tflite.graph import Graph, Operator, Tensor
from hilbench.tflite.reader import parse

GRAPH = Graph((Tensor(0, "a", (4,), "int8"), Tensor(1, "b", (4,), "int8")), (), (0,), (1,))


def program(names: Sequence[str]) -> list[Call]:
    """Calls of these operators, each with a number of its own."""
    fields = {f"field_{number}": number for number in range(8)}
    return [
        Call(
            Operator(step, name, (0,), (1,)),
            name.lower(),
            "x.h",
            Struct("x_params", fields | {"field_0": step}),
            (Operand(0),),
            Operand(1),
        )
        for step, name in enumerate(names)
    ]


def segments(names: Sequence[str]) -> tuple[Segment, ...]:
    return reroll(program(names), Storage(GRAPH))


def steps(segment: Segment) -> range:
    return range(segment.first, segment.end) if isinstance(segment, Loop) else segment


@given(st.lists(st.tuples(st.text("ABC", min_size=1, max_size=6), st.integers(1, 30)), max_size=5))
def test_every_call_once_and_in_order(parts: list[tuple[str, int]]) -> None:
    names = "".join(body * times for body, times in parts)
    found = segments(names)
    assert [step for segment in found for step in steps(segment)] == list(range(len(names)))
    for loop in found:
        if isinstance(loop, Loop):
            body = names[loop.first : loop.first + loop.period]
            assert names[loop.first : loop.end] == body * loop.trips


def test_the_shortest_body_is_taken() -> None:
    assert segments("XY" + "ABCB" * 50 + "AZ") == (range(2), Loop(2, 4, 50), range(202, 204))


def test_a_step_of_other_operators_divides_a_loop() -> None:
    found = segments("AB" * 40 + "C" + "AB" * 40)
    assert found == (Loop(0, 2, 40), range(80, 81), Loop(81, 2, 40))


def test_two_halves_of_many_steps_each_have_a_loop_of_steps() -> None:
    found = segments(("C" + "AB" * 40) * 2)
    assert found == (range(1), Loop(1, 2, 40), range(81, 82), Loop(82, 2, 40))


def test_a_loop_of_many_trips_may_have_a_body_that_repeats() -> None:
    assert segments(("C" + "AB" * 40) * 60) == (Loop(0, 81, 60),)


def test_what_saves_next_to_nothing_stays_straight() -> None:
    assert segments("ABC" * 2) == (range(6),)


@pytest.fixture(scope="module")
def text() -> str:
    return compile_graph(parse(small_graphs.hand_written_cell("int8")), "0" * 64).text


def test_a_call_in_the_loop_stands_for_those_of_all_trips(text: str) -> None:
    (loop,) = re.findall(r"^static void loop_\d\(void\)\n\{\n.*?^\}", text, re.M | re.S)
    assert len(re.findall(r"fully_connected_packed_s8\(", loop)) == 2
    assert "FULLY_CONNECTED int8[1, 6] -> int8[1, 6], 2" in loop
    assert re.search(r"AT\(int8_t, -?\d+ \* i( [+-] \d+)?\)", loop)  # each trip's input
    assert ".count = 6" in loop  # what is the same in every trip is no member of the table


def test_the_table_has_a_narrow_member_for_each_parameter_that_differs(text: str) -> None:
    (members,) = re.findall(r"^struct loop_\d_trip \{\n(.*?)\};", text, re.M | re.S)
    names = re.findall(r"(\w+);", members)
    assert len(set(names)) == len(names)
    assert set(names) == set(re.findall(r"trip->(\w+)", text))
    assert re.search(r"int32_t multiplier_\d+;", members)
    assert re.search(r"int8_t input_zero_point_\d+;", members)
    widths = [int(bits) for bits in re.findall(r"int(\d+)_t ", members)]
    assert widths == sorted(widths, reverse=True)


def test_a_step_with_other_weights_reads_them_through_the_table() -> None:
    data = small_graphs.hand_written_cell("int8", oddity="weights")
    odd = compile_graph(parse(data), "0" * 64).text
    assert re.search(r"const int16_t \*weights_\d+;", odd)
    assert re.search(r"\.weights = trip->weights_\d+,", odd)
