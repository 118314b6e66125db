"""The trip of an LSTM's loop is recognised by what it computes, or stays as it is written."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hilbench.engines.aot.passes.lstm_steps import lstm_steps
from hilbench.tflite.graph import Graph, Operator, Tensor

UNITS, INPUTS = 3, 2
X, H, C, NEXT_H, NEXT_C = 0, 1, 2, 19, 17
GATES = range(10, 14)


def trip(order: str = "ifgo") -> Graph:
    """The gates are the parts of the sum in this order."""
    rng = np.random.default_rng(0)
    shapes = {X: (1, INPUTS), 6: (1, 4 * UNITS), 7: (1, 4 * UNITS), 8: (1, 4 * UNITS)}
    data: dict[int, np.ndarray] = {
        3: rng.normal(size=(4 * UNITS, INPUTS)).astype(np.float32),
        4: rng.normal(size=(4 * UNITS, UNITS)).astype(np.float32),
        5: rng.normal(size=4 * UNITS).astype(np.float32),
        9: np.array(1, np.int32),
    }
    tensors = []
    for index in range(23):
        values = data.get(index)
        shape = shapes.get(index, (1, UNITS)) if values is None else values.shape
        dtype = "float32" if values is None else values.dtype.name
        tensors.append(Tensor(index, f"t{index}", shape, dtype, data=values))
    i, f, g, o = (GATES[order.index(gate)] for gate in "ifgo")
    plain = {"fused_activation_function": "NONE"}
    steps = [
        ("FULLY_CONNECTED", (X, 3, 5), (6,)),
        ("FULLY_CONNECTED", (H, 4, -1), (7,)),
        ("ADD", (6, 7), (8,)),
        ("SPLIT", (9, 8), tuple(GATES)),
        ("LOGISTIC", (f,), (14,)),
        ("MUL", (C, 14), (15,)),
        ("LOGISTIC", (i,), (16,)),
        ("TANH", (g,), (18,)),
        ("MUL", (16, 18), (20,)),
        ("ADD", (20, 15), (NEXT_C,)),
        ("LOGISTIC", (o,), (21,)),
        ("TANH", (NEXT_C,), (22,)),
        ("MUL", (22, 21), (NEXT_H,)),
    ]
    operators = tuple(
        Operator(n, name, *ends, dict(plain)) for n, (name, *ends) in enumerate(steps)
    )
    return Graph(tuple(tensors), operators, (X, H, C), (NEXT_H, NEXT_C))


def names(graph: Graph) -> list[str]:
    return [operator.name for operator in graph.operators]


@pytest.mark.parametrize("order", ["ifgo", "gofi"])
def test_a_trip_is_one_operator_with_its_rows_in_order(order: str) -> None:
    graph = trip(order)
    found = lstm_steps(graph)
    assert names(found) == ["LSTM_STEP", "SPLIT"]
    step, split = found.operators
    assert step.inputs[:3] == (X, H, C) and split.outputs == (NEXT_H, NEXT_C)
    for given, made in zip((3, 4, 5), step.inputs[3:], strict=True):
        parts = np.split(np.asarray(graph.tensors[given].data), 4)
        rows = np.concatenate([parts[order.index(gate)] for gate in "ifgo"])
        np.testing.assert_array_equal(np.asarray(found.tensors[made].data), rows)


def test_another_cell_stays_as_it_is_written() -> None:
    graph = trip()
    for place, name in ((4, "RELU"), (7, "RELU"), (9, "SUB"), (12, "ADD"), (3, "SPLIT_V")):
        changed = [*graph.operators]
        changed[place] = replace(changed[place], name=name)
        assert lstm_steps(replace(graph, operators=tuple(changed))).operators == tuple(changed)


def test_what_somebody_else_reads_stays() -> None:
    graph = trip()
    for inner in (8, 16, 21):
        read = replace(graph, outputs=(*graph.outputs, inner))
        assert lstm_steps(read) is read


def test_the_state_may_be_a_constant_and_the_bias_left_out() -> None:
    graph = trip()
    zeros = replace(graph.tensors[C], data=np.zeros((1, UNITS), np.float32))
    tensors = (*graph.tensors[:C], zeros, *graph.tensors[C + 1 :])
    first = replace(graph.operators[0], inputs=(X, 3, -1))
    found = lstm_steps(replace(graph, tensors=tensors, operators=(first, *graph.operators[1:])))
    assert names(found) == ["LSTM_STEP", "SPLIT"] and len(found.operators[0].inputs) == 5
