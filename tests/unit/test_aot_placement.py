"""What the options of the engine copy to RAM."""

from __future__ import annotations

import re

import numpy as np
import pytest
import small_graphs

from hilbench.engines.aot.compiler import compile_graph
from hilbench.engines.aot.placement import Placement, in_ram, key_of
from hilbench.engines.aot.program import Call, Constant, Operand, Pointer, Struct
from hilbench.engines.aot.storage import Storage
from hilbench.engines.base import engines
from hilbench.tflite.graph import Graph, Operator, Tensor
from hilbench.tflite.reader import parse

WEIGHTS, BIAS = (Constant(role, np.arange(n, dtype=np.int8)) for role, n in (("w", 8), ("b", 4)))
TABLE = Struct("table", {"values": np.arange(3)}, is_table=True)
STORAGE = Storage(
    Graph((Tensor(0, "a", (4,), "int8"), Tensor(1, "b", (4,), "int8")), (), (0,), (1,))
)


def call(number: int, bias: Constant | None = None, *, is_recurrent: bool = False) -> Call:
    fields = {"weights": WEIGHTS, "bias": bias, "cell": Struct("cell", {"table": Pointer(TABLE)})}
    operator = Operator(number, "X", (0,), (1,))
    params = Struct("x_params", fields)
    return Call(operator, "x", "x.h", params, (Operand(0),), Operand(1), is_recurrent=is_recurrent)


def listed(*calls: Call, again: bool = False) -> list[tuple[Storage, Call, bool]]:
    return [(STORAGE, each, again) for each in calls]


def test_recurrent_is_what_several_calls_read_or_one_that_works_through_a_sequence() -> None:
    shared = {key_of(WEIGHTS), key_of(TABLE)}
    assert in_ram(Placement.RECURRENT, listed(call(0, BIAS), call(1))) == shared
    assert in_ram(Placement.RECURRENT, listed(call(0))) == set()
    assert in_ram(Placement.RECURRENT, listed(call(0), again=True)) == shared
    assert in_ram(Placement.RECURRENT, listed(call(0, is_recurrent=True))) == shared
    assert in_ram(Placement.ALL, listed(call(0, BIAS))) == shared | {key_of(BIAS)}
    assert in_ram(Placement.FLASH, listed(call(0), call(1))) == set()


@pytest.mark.parametrize("placement", Placement)
def test_the_text_copies_each_array_once_before_all_calls(placement: Placement) -> None:
    graph = parse(small_graphs.hand_written_cell("int8"))
    emitted = compile_graph(graph, "0" * 64, placement)
    variables = re.findall(r"(\w+)(?:\[\d+\])? COPIED;", emitted.text)
    copied = re.findall(r"memcpy\(&(\w+), &\1_in_flash, sizeof \1\);", emitted.text)
    in_flash = re.findall(r"static const .*?(\w+)(?:\[\d+\])? WEIGHTS", emitted.text)
    assert copied == variables
    if placement is Placement.RECURRENT:  # a table of one step's own stays where it is
        in_flash = [name for name in in_flash if name.endswith("_in_flash")]
    assert [f"{name}_in_flash" for name in copied] == (in_flash if copied else [])
    begins = "engine_invoke(void)\n{\n    copy_weights();\n"
    assert (begins in emitted.text) == (placement is not Placement.FLASH)


def test_each_placement_is_an_engine_of_its_own_name() -> None:
    names = {f"aot+{p.value}" if p.value else "aot" for p in Placement}
    assert names == {name for name in engines() if name.partition("+")[0] == "aot"}
