"""Which products are done two at a time, and that each operator still comes behind its inputs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hilbench.engines.aot.passes.pairs import pair_products
from hilbench.engines.aot.program import Call, Constant, Operand, Struct
from hilbench.tflite.graph import Graph, Operator, Tensor

KERNEL = "fully_connected_packed_s8"


def tensors(count: int) -> tuple[Tensor, ...]:
    return tuple(Tensor(index, f"t{index}", (1, 8), "int8") for index in range(count))


def product(operator: Operator, weights: int = 1, **changed: object) -> Call:
    """Rows in fours, nothing clipped: what the kernel of two vectors takes."""
    fields = {
        "weights": Constant("weights", np.full(64, weights, np.int16)), "bias": None,
        "batches": 1, "rows": 8, "columns": 8, "multiplier": operator.index, "rounding": 1,
        "shift": 3, "input_zero_point": 0, "min": -128, "max": 127, **changed,
    }  # fmt: skip
    struct = Struct(f"{KERNEL}_params", fields)  # type: ignore[arg-type]
    inputs = (Operand(operator.inputs[0]),)
    return Call(
        operator, KERNEL, "fully_connected.h", struct, inputs, Operand(operator.outputs[0]), 32
    )


def paired(edges: list[tuple[int, int]], weights: list[int], variable: int = -1) -> list[list[int]]:
    """The outputs of each operator, in order; an edge is a product from a tensor to another."""
    count = 1 + max(max(edge) for edge in edges)
    known = tuple(replace(t, is_variable=t.index == variable) for t in tensors(count))
    operators = tuple(Operator(n, "FULLY_CONNECTED", (a,), (b,)) for n, (a, b) in enumerate(edges))
    graph = Graph(known, operators, (0,), (count - 1,))
    steps = {o.index: product(o, w) for o, w in zip(operators, weights, strict=True)}
    joined, made = pair_products(graph, steps)
    there = {0, variable, *(t for t in range(count) if t not in {b for _, b in edges})}
    for operator, step in zip(joined.operators, made, strict=True):
        assert set(operator.inputs) <= there, "an operator before what it reads"
        there |= set(operator.outputs)
        assert isinstance(step, Call)
        assert step.kernel.endswith("_2_vectors_s8") == (len(operator.outputs) == 2)
    return [list(operator.outputs) for operator in joined.operators]


def test_products_of_inputs_that_are_there_go_together() -> None:
    assert paired([(0, 2), (1, 3)], [1, 1]) == [[2, 3]]
    assert paired([(0, 3), (1, 4), (2, 5)], [1, 1, 1]) == [[3, 4], [5]]


def test_other_weights_stay_alone() -> None:
    assert paired([(0, 2), (1, 3)], [1, 2]) == [[2], [3]]


def test_a_product_does_not_wait_for_another_that_needs_it() -> None:
    assert paired([(0, 1), (1, 2)], [1, 1]) == [[1], [2]]


def test_a_variable_is_not_read_early() -> None:
    """It may be assigned between the two."""
    assert paired([(0, 2), (1, 3)], [1, 1], variable=1) == [[2], [3]]


def test_each_vector_keeps_its_scale() -> None:
    known = tensors(4)
    operators = (
        Operator(0, "FULLY_CONNECTED", (0,), (2,)),
        Operator(1, "FULLY_CONNECTED", (1,), (3,)),
    )
    steps = {o.index: product(o) for o in operators}
    _, (both,) = pair_products(Graph(known, operators, (0, 1), (2, 3)), steps)
    assert isinstance(both, Call)
    assert (both.params.fields["multiplier_a"], both.params.fields["multiplier_b"]) == (0, 1)
    assert both.params.fields["batches"] == 2
    clipped = {0: product(operators[0], max=6), 1: product(operators[1])}
    assert len(pair_products(Graph(known, operators, (0, 1), (2, 3)), clipped)[1]) == 2
