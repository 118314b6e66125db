"""Subgraphs and variables as one plain graph."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hilbench.core.errors import FormatError, Unsupported
from hilbench.engines.aot.compiler import compile_graph
from hilbench.engines.aot.passes.flatten import LOOP, flatten
from hilbench.engines.aot.passes.fold import fold_constants
from hilbench.engines.aot.passes.pieces import join_pieces
from hilbench.engines.tflm import resolver
from hilbench.tflite.calls import check_calls
from hilbench.tflite.graph import Graph, Operator, Quantization, Tensor

NO_MASKS = {"fused_activation_function": "NONE"}


class Building:
    """A subgraph in the making."""

    def __init__(self) -> None:
        self.tensors: list[Tensor] = []
        self.operators: list[Operator] = []

    def tensor(self, *shape: int, dtype: str = "float32", data: Any = None) -> int:
        array = None if data is None else np.array(data, dtype).reshape(shape)
        self.tensors.append(Tensor(len(self.tensors), "t", shape, dtype, data=array))
        return len(self.tensors) - 1

    def op(self, name: str, inputs: list[int], *outputs: int, **options: Any) -> None:
        number = len(self.operators)
        self.operators.append(Operator(number, name, tuple(inputs), outputs, options))

    def graph(self, inputs: list[int], outputs: list[int], *subgraphs: Graph) -> Graph:
        operators = tuple(self.operators)
        return Graph(tuple(self.tensors), operators, tuple(inputs), tuple(outputs), subgraphs)


def counting(limit: int | None) -> Graph:
    """Condition: counter < limit, or a condition that is an input."""
    b = Building()
    counter, value, result = (
        b.tensor(dtype="int32"),
        b.tensor(2),
        b.tensor(dtype="bool"),
    )
    if limit is None:
        b.op("LESS", [value, b.tensor(data=1.0)], result)
    else:
        b.op("LESS", [counter, b.tensor(dtype="int32", data=limit)], result)
    return b.graph([counter, value], [result])


def doubling() -> Graph:
    """Body: counter + 1, value * 2."""
    b = Building()
    counter, value = b.tensor(dtype="int32"), b.tensor(2)
    more, twice = b.tensor(dtype="int32"), b.tensor(2)
    b.op("ADD", [counter, b.tensor(dtype="int32", data=1)], more, **NO_MASKS)
    b.op("MUL", [value, b.tensor(data=2.0)], twice, **NO_MASKS)
    return b.graph([counter, value], [more, twice])


def loop(limit: int | None) -> Graph:
    b = Building()
    source, last, result = b.tensor(2), b.tensor(dtype="int32"), b.tensor(2)
    zero = b.tensor(dtype="int32", data=0)
    b.op("WHILE", [zero, source], last, result, cond_subgraph_index=1, body_subgraph_index=2)
    return b.graph([source], [result], counting(limit), doubling())


@pytest.mark.parametrize("trips", [1, 3, 100])
def test_the_body_stands_once_for_each_trip(trips: int) -> None:
    flat = flatten(loop(trips))
    assert [operator.name for operator in flat.operators] == ["MUL"] * trips
    assert not flat.subgraphs
    reads = [operator.inputs[0] for operator in flat.operators]
    assert reads == [flat.inputs[0], *(op.outputs[0] for op in flat.operators[:-1])]
    assert flat.outputs == flat.operators[-1].outputs


def test_a_loop_without_trips_leaves_a_copy_of_its_input() -> None:
    flat = flatten(loop(0))
    assert [operator.name for operator in flat.operators] == ["COPY"]
    assert flat.operators[0].inputs == flat.inputs


def test_trips_that_depend_on_data_or_are_many_stay_a_loop() -> None:
    for limit in (None, 2**30):
        flat = flatten(loop(limit))
        (operator,) = flat.operators
        condition, body = flat.subgraphs
        assert (operator.name, operator.options["carried"]) == (LOOP, (0, 1))
        assert [op.name for op in condition.operators] == ["LESS"]
        assert [op.name for op in body.operators] == ["ADD", "MUL"]
        assert flat.outputs == operator.outputs[1:]


def test_a_loop_that_never_ends_is_refused() -> None:
    graph = loop(3)
    always = Building()
    inputs, true = [always.tensor(dtype="int32"), always.tensor(2)], always.tensor(dtype="bool")
    always.op("EQUAL", [always.tensor(data=1.0), always.tensor(data=1.0)], true)
    forever = replace(graph, subgraphs=(always.graph(inputs, [true]), graph.subgraphs[1]))
    with pytest.raises(Unsupported, match="at once or never"):
        compile_graph(forever, "0" * 64)


@pytest.mark.parametrize("given", ["a constant", "itself", "each other"])
def test_a_loop_whose_trips_change_nothing_for_its_condition_is_refused(given: str) -> None:
    """What counts the trips beside that does not matter."""
    b = Building()
    counter, value, more = b.tensor(dtype="int32"), b.tensor(2), b.tensor(dtype="int32")
    other, twice = b.tensor(2), b.tensor(2)
    b.op("ADD", [counter, b.tensor(dtype="int32", data=1)], more, **NO_MASKS)
    b.op("NEG", [other], twice)
    constant = b.tensor(2, data=[1.0, 2.0])
    handed = {"a constant": constant, "itself": value, "each other": other}[given]
    last = value if given == "each other" else twice
    body = b.graph([counter, value, other], [more, handed, last])
    c = Building()
    inputs, result = [c.tensor(dtype="int32"), c.tensor(2), c.tensor(2)], c.tensor(dtype="bool")
    c.op("LESS", [inputs[1], c.tensor(data=1.0)], result)
    m = Building()
    sources, ends = [m.tensor(2), m.tensor(2)], [m.tensor(dtype="int32"), m.tensor(2), m.tensor(2)]
    start = [m.tensor(dtype="int32", data=0), *sources]
    m.op("WHILE", start, *ends, cond_subgraph_index=1, body_subgraph_index=2)
    graph = m.graph(sources, ends[1:], c.graph(inputs, [result]), body)
    with pytest.raises(Unsupported, match="compute nothing that its condition reads"):
        flatten(graph)


def test_what_a_loop_must_hand_on_as_it_was() -> None:
    graph = loop(None)
    counter, value = Tensor(0, "i", (), "int32"), Tensor(1, "v", (2,), "float32")
    more, wide = Tensor(2, "n", (), "int32"), Tensor(3, "w", (1, 2), "float32")
    operators = (Operator(0, "NEG", (0,), (2,)), Operator(1, "EXPAND_DIMS", (1,), (3,)))
    body = Graph((counter, value, more, wide), operators, (0, 1), (2, 3))
    with pytest.raises(Unsupported, match=r"changes the shape of tensor 1 float32\[2\]"):
        flatten(replace(graph, subgraphs=(graph.subgraphs[0], body)))


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    "change", [{"quantization": Quantization((0.5,), (3,), 0)}, {"dtype": "int8"}]
)
def test_what_a_call_is_handed_means_the_same_inside(place: int, change: dict[str, Any]) -> None:
    """TFLite hands bytes on: what goes into the body, or comes out, of another scale is refused."""
    graph = loop(3)
    graphs = [graph, *graph.subgraphs]
    index = (graph.operators[-1].outputs[1], graphs[1].inputs[1], graphs[2].inputs[1])[place]
    tensors = list(graphs[place].tensors)
    tensors[index] = replace(tensors[index], **change)
    graphs[place] = replace(graphs[place], tensors=tuple(tensors))
    with pytest.raises(Unsupported, match=r"of another type or scale$"):
        flatten(replace(graphs[0], subgraphs=tuple(graphs[1:])))


def calling(*numbers: int, inputs: int = 1, other: int | None = None) -> Graph:
    """A graph of IFs that call these subgraphs one after the other, or in each the `other`."""
    b = Building()
    condition = b.tensor(dtype="bool", data=True)
    given = [b.tensor(2) for _ in range(inputs)]
    last = given[0]
    for number in numbers:
        last, before = b.tensor(2), last
        options = {"then_subgraph_index": number, "else_subgraph_index": other or number}
        b.op("IF", [condition, before], last, **options)
    return b.graph(given, [last])


@pytest.mark.parametrize(
    ("graphs", "error", "words"),
    [
        ([calling(1), calling(1)], FormatError, "subgraph 1 calls itself"),
        ([calling(1), calling(2), calling(1)], FormatError, "calls itself"),
        ([calling(3), calling()], FormatError, "there is no subgraph 3"),
        ([calling(1), calling(inputs=2)], FormatError, "subgraph 1 has 2 and 1"),
        ([calling(*[n + 1] * 10) for n in range(9)] + [calling()], Unsupported, "more than 500000"),
        ([calling(n, other=900) for n in range(1, 901)] + [calling()], Unsupported, "24 deep"),
    ],
)
def test_calls_end_and_fit(graphs: list[Graph], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        check_calls(graphs)


def branch(which: bool) -> Graph:
    b = Building()
    source, result = b.tensor(2), b.tensor(2)
    condition = b.tensor(dtype="bool", data=which)
    b.op("IF", [condition, source], result, then_subgraph_index=1, else_subgraph_index=2)
    branches = []
    for name in ("ABS", "NEG"):
        inner = Building()
        x, y = inner.tensor(2), inner.tensor(2)
        inner.op(name, [x], y)
        branches.append(inner.graph([x], [y]))
    return b.graph([source], [result], *branches)


def test_a_branch_that_depends_on_data_is_a_choice_of_both() -> None:
    graph = branch(which=True)
    condition = replace(graph.tensors[2], data=None)
    graph = replace(graph, tensors=(*graph.tensors[:2], condition), inputs=(0, 2))
    names = [operator.name for operator in flatten(graph).operators]
    assert names == ["ABS", "NEG", "SELECT_V2"]


@pytest.mark.parametrize(("which", "name"), [(True, "ABS"), (False, "NEG")])
def test_the_branch_of_a_constant_condition(which: bool, name: str) -> None:
    assert [operator.name for operator in flatten(branch(which)).operators] == [name]


def handle(b: Building, name: str) -> int:
    found = b.tensor(dtype="resource")
    b.op("VAR_HANDLE", [], found, container="", shared_name=name)
    return found


def swapping() -> Graph:
    """a, b = b, a + input; the outputs are what they held before. a begins with 5, b with 0."""
    b = Building()
    source, a, other, total = (b.tensor(1) for _ in range(4))
    b.op("CALL_ONCE", [], init_subgraph_index=1)
    first, second = handle(b, "a"), handle(b, "b")
    b.op("READ_VARIABLE", [first], a)
    b.op("READ_VARIABLE", [second], other)
    b.op("ADD", [a, source], total, **NO_MASKS)
    b.op("ASSIGN_VARIABLE", [first, other])
    b.op("ASSIGN_VARIABLE", [second, total])
    init = Building()
    init.op("ASSIGN_VARIABLE", [handle(init, "a"), init.tensor(1, data=5.0)])
    return b.graph([source], [a, other], init.graph([], []))


def test_a_variable_without_values_is_refused() -> None:
    """As converters leave weights that they could not reach: read, and assigned nowhere."""
    b = Building()
    source, weight, total = (b.tensor(1) for _ in range(3))
    b.op("READ_VARIABLE", [handle(b, "kernel")], weight)
    b.op("ADD", [source, weight], total, **NO_MASKS)
    graph = b.graph([source], [total])
    for refuse in (flatten, lambda graph: resolver.needed(graph, {})):
        with pytest.raises(Unsupported, match=r"variable 'kernel': read and never assigned"):
            refuse(graph)


def test_variables_are_read_before_they_get_their_next_values() -> None:
    flat = flatten(swapping())
    updates = flat.operators[-2:]
    a, b = (update.outputs[0] for update in updates)
    variables = {index: flat.tensors[index] for index in (a, b)}
    assert all(tensor.is_variable for tensor in variables.values())
    assert (variables[a].initial, variables[b].initial) == (np.array([5.0]), None)
    # The outputs and the value that goes from one variable to the other have copies of their own.
    assert [operator.name for operator in flat.operators] == ["ADD"] + ["COPY"] * 5
    assert not any(set(op.inputs) & variables.keys() for op in updates)


def test_rows_of_a_list_are_joined_once() -> None:
    """A list of two rows, of which a loop replaces one after the other."""
    b = Building()
    x, y = b.tensor(1, 3), b.tensor(1, 3)
    zeros = b.tensor(2, 3, data=np.zeros(6))
    tail, first, head, final = b.tensor(1, 3), b.tensor(2, 3), b.tensor(1, 3), b.tensor(2, 3)
    begin, middle = (b.tensor(2, dtype="int32", data=at) for at in ([0, 0], [1, 0]))
    size = b.tensor(2, dtype="int32", data=[1, 3])
    b.op("SLICE", [zeros, middle, size], tail)
    b.op("CONCATENATION", [x, tail], first, axis=0, **NO_MASKS)
    b.op("SLICE", [first, begin, size], head)
    b.op("CONCATENATION", [head, y], final, axis=0, **NO_MASKS)
    joined = join_pieces(b.graph([x, y], [final]))
    assert joined.operators[-1].inputs == (x, y)


def test_a_state_inside_of_a_loop_of_c_is_refused() -> None:
    """What an operator of the body remembers would be lost, or run over."""
    graph = loop(None)
    b = Building()
    counter, value, kept = b.tensor(dtype="int32"), b.tensor(2), b.tensor(2)
    b.tensors[kept] = replace(b.tensors[kept], is_variable=True)
    more, total = b.tensor(dtype="int32"), b.tensor(2)
    b.op("ADD", [counter, b.tensor(dtype="int32", data=1)], more, **NO_MASKS)
    b.op("ADD", [value, kept], total, **NO_MASKS)
    body = b.graph([counter, value], [more, total])
    with pytest.raises(Unsupported, match="a state inside of a WHILE"):
        flatten(replace(graph, subgraphs=(graph.subgraphs[0], body)))


def test_a_number_that_is_computed_stays_a_number() -> None:
    """PACK stacks it with others, which a vector of one element could not be."""
    b = Building()
    source, result, row = b.tensor(2), b.tensor(2), b.tensor(2, dtype="int32")
    one, two, zero = (b.tensor(dtype="int32", data=value) for value in (1, 2, 0))
    more = b.tensor(dtype="int32")
    b.op("ADD", [one, two], more, **NO_MASKS)
    b.op("PACK", [zero, more], row, axis=0, values_count=2)
    b.op("RESHAPE", [source, row], result, new_shape=())
    folded = fold_constants(b.graph([source], [result]))
    (operator,) = folded.operators
    found = folded.tensors[operator.inputs[1]].data
    assert found is not None and found.tolist() == [0, 3]


def test_a_shape_that_a_rule_gives_is_not_that_of_its_input() -> None:
    """One row of a list of five, which the file leaves open: it says 1 of both."""
    b = Building()
    rows, declared = b.tensor(1, 3), b.tensor(1, 3)
    begin, size = (b.tensor(2, dtype="int32", data=at) for at in ([4, 0], [-1, -1]))
    b.op("SLICE", [rows, begin, size], declared)
    inner = b.graph([rows], [declared])
    b = Building()
    source, result = b.tensor(5, 3), b.tensor(1, 3)
    true = b.tensor(dtype="bool", data=True)
    b.op("IF", [true, source], result, then_subgraph_index=1, else_subgraph_index=1)
    flat = flatten(b.graph([source], [result], inner))
    assert flat.tensors[flat.outputs[0]].shape == (1, 3)
