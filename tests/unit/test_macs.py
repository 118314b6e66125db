"""Multiply-accumulates and parameters: counted from the graph that runs, loops and all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import small_graphs
from tflite_builder import Op, Spec, model

from hilbench.tflite import loops, opinfo
from hilbench.tflite.graph import Graph, Operator, Tensor
from hilbench.tflite.memory import Memory, memory
from hilbench.tflite.reader import parse

WEIGHTS = np.ones((4, 4), np.float32)


def scalar(index: int, value: int | None) -> Tensor:
    data = None if value is None else np.array(value, np.int32)
    return Tensor(index, "t", (), "int32", data=data)


def row(index: int, data: np.ndarray | None = None) -> Tensor:
    shape = (1, 4) if data is None else data.shape
    return Tensor(index, "t", shape, "float32", data=data)


def counting_loop(start: int | None, bound: int | None, step: int | None) -> Graph:
    """while counter < bound: x = FULLY_CONNECTED(x); counter += step. None is not constant."""
    condition = Graph(
        (scalar(0, None), row(1), scalar(2, bound), scalar(3, None), scalar(4, None)),
        (Operator(0, "LESS", (0, 2 if bound is not None else 4), (3,)),),
        (0, 1, 4),
        (3,),
    )
    body = Graph(
        (
            *(scalar(0, None), row(1), scalar(2, step), scalar(3, None)),
            *(row(4, WEIGHTS), row(5), scalar(6, None)),
        ),
        (
            Operator(0, "ADD", (0, 2 if step is not None else 6), (3,)),
            Operator(1, "FULLY_CONNECTED", (1, 4, -1), (5,)),
        ),
        (0, 1, 6),
        (3, 5, 6),
    )
    options = {"cond_subgraph_index": 1, "body_subgraph_index": 2}
    main = Graph(
        (scalar(0, start), row(1), scalar(2, None), row(3), scalar(4, None), scalar(5, None)),
        (Operator(0, "WHILE", (0, 1, 2), (4, 3, 5), options),),
        (1, 2),
        (3,),
    )
    return replace(main, subgraphs=(condition, body))


@pytest.mark.parametrize(
    ("start", "bound", "step", "trips"),
    [
        *((0, 20, 1, 20), (0, 20, 3, 7), (5, 20, 1, 15), (9, 3, 1, 0)),
        *((None, 20, 1, None), (0, None, 1, None), (0, 20, None, None)),
        *((0, 20, 0, None), (0, 20, -1, None)),
    ],
)
def test_a_loop_counts_as_often_as_it_runs(
    start: int | None, bound: int | None, step: int | None, trips: int | None
) -> None:
    graph = counting_loop(start, bound, step)
    assert loops.trips(graph, graph, graph.operators[0]) == trips
    assert opinfo.matrix_macs(graph) == (None if trips is None else 16 * trips)
    rows = {each.operator: each for each in opinfo.summary(graph)}
    assert rows["FULLY_CONNECTED"].macs == (None if trips is None else 16 * trips)
    assert rows["ADD"].macs == 0
    assert opinfo.parameters(graph) == 16


@pytest.mark.parametrize("names", [("LESS",), ("LOGICAL_AND",) * 60, ("LOGICAL_AND",) * 3000])
def test_a_condition_of_any_form_is_gone_through_once(names: tuple[str, ...]) -> None:
    """A comparison of one tensor; conjunctions of twice the same, each of which holds the last."""
    graph = counting_loop(0, 20, 1)
    condition, body = graph.subgraphs
    size = len(condition.tensors)
    operators = [] if names == ("LESS",) else list(condition.operators)
    for n, name in enumerate(names):
        operand = size + n - 1 if n else condition.outputs[0]
        inputs = (0,) if name == "LESS" else (operand, operand)
        operators.append(Operator(len(operators), name, inputs, (size + n,)))
    tensors = condition.tensors + tuple(scalar(size + n, None) for n in range(len(names)))
    outputs = (len(tensors) - 1,)
    condition = replace(condition, tensors=tensors, operators=tuple(operators), outputs=outputs)
    graph = replace(graph, subgraphs=(condition, body))
    expected = None if names == ("LESS",) else 20
    assert loops.trips(graph, graph, graph.operators[0]) == expected


def test_the_folded_first_product_of_an_unrolled_loop_counts() -> None:
    """Five steps: five products of the input, four of the state in the file, one folded."""
    graph = parse(small_graphs.simple_rnn("int8", steps=5, features=3, units=6))
    assert opinfo.matrix_macs(graph) == 5 * 6 * (3 + 6) + 5 * 6 * 3


def test_shared_weights_without_a_recurrence_count_as_they_are() -> None:
    """One dense layer on two inputs, another on the first result; nothing is added up."""
    specs = [Spec((1, 4)), Spec((1, 4)), Spec((4, 4), data=WEIGHTS), Spec((4, 4), data=-WEIGHTS)]
    specs += [Spec((1, 4))] * 3
    operators = [
        Op("FULLY_CONNECTED", [0, 2, -1], [4]),
        Op("FULLY_CONNECTED", [1, 2, -1], [5]),
        Op("FULLY_CONNECTED", [4, 3, -1], [6]),
    ]
    graph = parse(model(specs, operators, [0, 1], [5, 6]))
    assert opinfo.matrix_macs(graph) == 3 * 16
    assert opinfo.parameters(graph) == 32


def test_the_share_with_weights_that_are_not_zero_is_of_macs() -> None:
    """A matrix of one weight in four that two of three products are with, one without zeros."""
    few = np.where(np.arange(16).reshape(4, 4) % 4, 0, WEIGHTS).astype(np.float32)
    specs = [Spec((1, 4)), Spec((1, 4)), Spec((4, 4), data=few), Spec((4, 4), data=WEIGHTS)]
    specs += [Spec((1, 4))] * 3
    operators = [
        Op("FULLY_CONNECTED", [0, 2, -1], [4]),
        Op("FULLY_CONNECTED", [1, 2, -1], [5]),
        Op("FULLY_CONNECTED", [4, 3, -1], [6]),
    ]
    assert opinfo.nonzero_share(parse(model(specs, operators, [0, 1], [5, 6]))) == 0.5
    counted, uncounted = counting_loop(0, 20, 1), counting_loop(None, 20, 1)
    assert opinfo.nonzero_share(counted) == 1.0
    assert opinfo.nonzero_share(uncounted) is None
    whole = parse(small_graphs.simple_rnn("int8", steps=5, features=3, units=6))
    assert 0.9 < float(opinfo.nonzero_share(whole) or 0) <= 1.0


def test_memory_is_what_lives_at_one_time() -> None:
    specs = [Spec((1, 8)), Spec((1, 4)), Spec((1, 4)), Spec((1, 2)), Spec((1, 4), data=WEIGHTS[:1])]
    operators = [Op("TANH", [0], [1]), Op("ADD", [1, 4], [2]), Op("TANH", [2], [3])]
    graph = parse(model(specs, operators, [0], [3]))
    assert memory(graph) == Memory(weights=16, activations=72, peak=48)


def recurrent(keras: Any, cell: str, **options: Any) -> Any:
    source = keras.layers.Input((6, 3), batch_size=1)
    return keras.Model(
        source, keras.layers.Dense(2)(getattr(keras.layers, cell)(5, **options)(source))
    )


@pytest.mark.keras
def test_loop_fused_and_unrolled_have_the_closed_form() -> None:
    from hilbench.core import extras

    tf, keras = extras.tensorflow(), extras.keras()
    closed = {"LSTM": 6 * 4 * 5 * (3 + 5) + 10, "GRU": 6 * 3 * 5 * (3 + 5) + 10}
    closed["SimpleRNN"] = 6 * 5 * (3 + 5) + 10
    cases = [("LSTM", {}), ("LSTM", {"unroll": True}), ("LSTM", {"use_bias": False})]
    cases += [
        ("GRU", {}),
        ("GRU", {"unroll": True}),
        ("GRU", {"reset_after": False, "unroll": True}),
    ]
    cases += [("SimpleRNN", {}), ("SimpleRNN", {"unroll": True})]
    kinds = set()
    for cell, options in cases:
        converter = tf.lite.TFLiteConverter.from_keras_model(recurrent(keras, cell, **options))
        graph = parse(converter.convert())
        names = {operator.name for operator in graph.operators}
        kinds |= names & {"WHILE", "UNIDIRECTIONAL_SEQUENCE_LSTM", "UNPACK"}
        assert opinfo.matrix_macs(graph) == closed[cell], (cell, options)
    assert len(kinds) == 3
