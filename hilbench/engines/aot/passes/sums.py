"""A sum that only TANH or LOGISTIC reads is computed by their kernel.

Each gate of a recurrent network is one: what the input says, plus what the state says. Between the
two operators no int8 is stored and loaded, and a step calls one function less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from hilbench.engines.aot.headers import checked
from hilbench.engines.aot.node import Node
from hilbench.engines.aot.numerics.tanh import StepTable, TanhS8, values_s8
from hilbench.engines.aot.ops.arithmetic import Arithmetic
from hilbench.engines.aot.passes.tables import CURVES
from hilbench.engines.aot.program import Call, Constant, Pointer, Step, Struct, Value
from hilbench.tflite.graph import Graph, Operator

_NARROW, _TANH, _TABLE = "weighted_sum_narrow_s8", "tanh_s8", "lut_s8"
_OF_SUM, _OF_ADD = "tanh_of_sum_s8", "lut_of_add_s8"
_ENOUGH = 0.75
"""The share of sums of a size that the fast kernel must be exact for: others cost more joined."""


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
    sizes: dict[Value, list[tuple[Call, Call]]] = {}
    for first, second in found:
        sizes.setdefault(second.params.fields["count"], []).append((first, second))
    return {
        first.operator.index: checked(_both(graph, first, second))
        for pairs in sizes.values()
        if sum(_is_fast(*pair) for pair in pairs) >= _ENOUGH * len(pairs)
        for first, second in pairs
    }


def _fits(graph: Graph, first: Call, second: Call) -> bool:
    """Whether there is a kernel for both."""
    is_curve = second.operator.name.startswith(CURVES) and second.kernel in (_TANH, _TABLE)
    if not is_curve or graph.tensors[second.output.tensor].is_variable:
        return False
    return len(first.inputs) == 2 and first.params.fields["broadcast"] is None


def _is_fast(first: Call, second: Call) -> bool:
    return first.kernel == _NARROW and second.kernel == _TANH


def _both(graph: Graph, first: Call, second: Call) -> Call:
    """The call of both: by another kernel where constants of the fast one do not exist.

    So steps of one network stay alike, and a loop.
    """
    operator = replace(
        second.operator,
        name=f"{first.operator.name}+{second.operator.name}",
        inputs=first.operator.inputs,
    )
    joined = replace(second, operator=operator, inputs=first.inputs)
    if _is_fast(first, second):
        names = "weight_a", "weight_b", "offset"
        weights = {name: first.params.fields[name] for name in names}
        fields = {**second.params.fields, **weights}
        return replace(joined, kernel=_OF_SUM, params=Struct(f"{_OF_SUM}_params", fields))
    plain = Arithmetic(Node(graph, first.operator)).plain()
    params = Struct(f"{_OF_ADD}_params", {"sum": plain.params, "table": _outputs(second)})
    return replace(joined, kernel=_OF_ADD, header="lut_of_add.h", params=params)


def _outputs(curve: Call) -> Constant:
    """Of the kernel of a curve, for the inputs -128..127."""
    fields = curve.params.fields
    table = fields["table"]
    if isinstance(table, Constant):
        return table
    cells = cast(np.ndarray, cast(Pointer, table).target.fields["cells"])
    names = "multiplier", "input_zero_point", "bias"
    constants = TanhS8(*(cast(int, fields[name]) for name in names))
    return Constant("outputs", values_s8(StepTable(cells), constants))
