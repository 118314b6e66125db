"""A sum that only TANH or LOGISTIC reads is computed by their kernel.

Each gate of a recurrent network is one: what the input says, plus what the state says. Between the
two operators no int8 is stored and loaded, and a step calls one function less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from hilbench.engines.aot.headers import checked
from hilbench.engines.aot.node import Node
from hilbench.engines.aot.ops.arithmetic import Arithmetic
from hilbench.engines.aot.program import Call, Step, Struct
from hilbench.tflite.graph import Graph, Operator

_NARROW, _TANH = "weighted_sum_narrow_s8", "tanh_s8"
_OF_SUM, _OF_ADD = "tanh_of_sum_s8", "tanh_of_add_s8"
_ENOUGH = 0.75
"""The share of its sums that must be exact in 32 bits: others cost more joined than apart."""


def join_sums(graph: Graph, steps: Sequence[Step]) -> tuple[Graph, tuple[Step, ...]]:
    """The same network with one operator for two, and its steps in order.

    It stands where the sum stood: there its inputs are, and nobody can have assigned to them since.
    """
    joined = _all_joined(graph, steps)
    done = {both.operator.index for both in joined.values()}
    operators: list[Operator] = []
    kept: list[Step] = []
    for operator, step in zip(graph.operators, steps, strict=True):
        both = joined.get(operator.index)
        if both is not None or operator.index not in done:
            operators.append(operator if both is None else both.operator)
            kept.append(step if both is None else both)
    return replace(graph, operators=tuple(operators)), tuple(kept)


def _all_joined(graph: Graph, steps: Sequence[Step]) -> dict[int, Call]:
    """The call of both by the number of the sum; its operator has the number of the second."""
    reads = Counter(index for operator in graph.operators for index in operator.inputs)
    reads.update(graph.outputs)
    readers = {
        index: step
        for operator, step in zip(graph.operators, steps, strict=True)
        for index in operator.inputs
        if reads[index] == 1 and not graph.tensors[index].is_variable
    }
    found: list[tuple[Call, Call]] = []
    for operator, step in zip(graph.operators, steps, strict=True):
        if not isinstance(step, Call) or operator.name != "ADD":
            continue
        second = readers.get(step.output.tensor)
        if isinstance(second, Call) and _fits(graph, step, second):
            found.append((step, second))
    exact = sum(first.kernel == _NARROW for first, _ in found)
    if exact < _ENOUGH * len(found):
        return {}
    return {first.operator.index: checked(_both(graph, first, then)) for first, then in found}


def _fits(graph: Graph, first: Call, second: Call) -> bool:
    """Whether there is a kernel for both."""
    if second.kernel != _TANH or graph.tensors[second.output.tensor].is_variable:
        return False
    return len(first.inputs) == 2 and first.params.fields["broadcast"] is None


def _both(graph: Graph, first: Call, second: Call) -> Call:
    """The call of both: by another kernel where the sum is not one of two products in 32 bits.

    So steps of one network stay alike, and a loop.
    """
    operator = replace(
        second.operator,
        name=f"{first.operator.name}+{second.operator.name}",
        inputs=first.operator.inputs,
    )
    joined = replace(second, operator=operator, inputs=first.inputs)
    if first.kernel == _NARROW:
        names = "weight_a", "weight_b", "offset"
        weights = {name: first.params.fields[name] for name in names}
        fields = {**second.params.fields, **weights}
        return replace(joined, kernel=_OF_SUM, params=Struct(f"{_OF_SUM}_params", fields))
    plain = Arithmetic(Node(graph, first.operator)).plain()
    params = Struct(f"{_OF_ADD}_params", {"sum": plain.params, "curve": second.params})
    return replace(joined, kernel=_OF_ADD, header="tanh_of_add.h", params=params)
