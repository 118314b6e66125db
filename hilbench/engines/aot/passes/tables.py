"""int8 operators that together are a function of one tensor's elements become one table.

What a user writes as x / (1 + |x|) are three operators, and each of its outputs depends on one
int8: 256 outputs say all. They are computed here as the operators' kernels compute them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from hilbench.engines.aot.headers import checked
from hilbench.engines.aot.lower import lowerings
from hilbench.engines.aot.node import FunctionS8, Node, one_value
from hilbench.engines.aot.numerics.affine import INT8_MAX, INT8_MIN
from hilbench.engines.aot.numerics.fixed_point import Int
from hilbench.engines.aot.program import Call, Constant, Step, Value
from hilbench.tflite.graph import Graph, Operator

_CYCLES = {"DIV": 150, "SQUARED_DIFFERENCE": 25, "PRELU": 25, "TANH": 13, "LOGISTIC": 13, "MUL": 12}
CURVES = ("TANH", "LOGISTIC")
_OTHER_CYCLES, _TABLE_CYCLES = 7, 5
"""Of an element on a Cortex-M4, about."""
CYCLES_PER_BYTE = 16
"""That a table saves in an invocation at least. Scales differ from step to step of
an unrolled network, and so would its tables: for a few elements they are too much flash."""


def join_tables(graph: Graph, lowered: Sequence[Step]) -> tuple[Graph, dict[int, Step]]:
    """The same network with one operator for each such group, and the steps by operator.

    The last of the group stays, with the tensor that it depends on as its input. The others
    are read by nobody else.
    """
    steps = dict(zip((op.index for op in graph.operators), lowered, strict=True))
    groups = Groups(graph)
    replaced: dict[int, Operator] = {}
    gone: set[int] = set()
    for operator in reversed(graph.operators):
        if operator.index in gone:
            continue
        found = groups.of(operator)
        if found is None:
            continue
        members, source = found
        gone.update(member.index for member in members if member is not operator)
        replaced[operator.index] = replace(operator, inputs=(source,))
        steps[operator.index] = _step(
            replaced[operator.index], groups.table(members, source), graph
        )
    if not replaced:
        return graph, steps
    kept = [replaced.get(op.index, op) for op in graph.operators if op.index not in gone]
    return replace(graph, operators=tuple(kept)), {op.index: steps[op.index] for op in kept}


def is_worth_a_table(members: Sequence[Operator], elements: int) -> bool:
    """Whether a table saves so much of these operators on as many elements."""
    each = sum(_CYCLES.get(op.name, _OTHER_CYCLES) for op in members) - _TABLE_CYCLES
    return each * elements >= 256 * CYCLES_PER_BYTE


class Groups:
    """Operators whose outputs depend on the elements in the same place of one int8 tensor."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.writers = {index: op for op in graph.operators for index in op.outputs}
        self.readers: dict[int, set[int]] = {}
        for op in graph.operators:
            for index in op.inputs:
                self.readers.setdefault(index, set()).add(op.index)
        self.places = {op.index: place for place, op in enumerate(graph.operators)}
        self.elementwise: dict[int, bool] = {}

    def of(self, last: Operator) -> tuple[list[Operator], int] | None:
        """The most operators that end in `last`, and the one tensor that decides their outputs."""
        if not self.is_elementwise(last):
            return None
        members, best = [last], None
        while True:
            open_ = self._sources(members)
            if len(open_) == 1 and self._is_worth_it(members):
                best = list(members), next(iter(open_))
            writers = [op for index in open_ if (op := self._joins(index, last, members))]
            if not writers:
                return best
            # The one that runs last: whatever reads its output has joined already, or never will.
            members.append(max(writers, key=lambda op: self.places[op.index]))

    def _is_worth_it(self, members: Sequence[Operator]) -> bool:
        """One operator's own lowering knows best, but for those whose kernel is slower."""
        alone = len(members) == 1 and members[0].name not in (*CURVES, "MUL")
        return not alone and is_worth_a_table(members, self._elements(members[0]))

    def table(self, members: Sequence[Operator], source: int) -> np.ndarray:
        """The outputs of the last operator for all inputs: (256,) int8."""
        values: dict[int, Int] = {source: np.arange(INT8_MIN, INT8_MAX + 1, dtype=np.int64)}
        for op in sorted(members, key=lambda op: self.places[op.index]):
            values[op.outputs[0]] = _outputs(self.graph, op, values)
        found = np.broadcast_to(values[members[0].outputs[0]], (256,))
        return np.ascontiguousarray(found, np.int8)

    def only_reader(self, tensor: int) -> Operator | None:
        """What alone reads this tensor, if that is a function of it and of nothing else."""
        readers = self.readers.get(tensor, set())
        if len(readers) != 1 or tensor in self.graph.outputs:
            return None
        reader = self.graph.operators[self.places[next(iter(readers))]]
        is_function = self.is_elementwise(reader) and self._sources([reader]) == {tensor}
        return reader if is_function else None

    def _sources(self, members: Sequence[Operator]) -> set[int]:
        """What the members read and none of them writes, but for constants."""
        written = {op.outputs[0] for op in members}
        read = {index for op in members for index in op.inputs} - written
        return {index for index in read if self.graph.tensors[index].data is None}

    def _joins(self, tensor: int, last: Operator, members: Sequence[Operator]) -> Operator | None:
        """The writer of this tensor where it is one more, and nobody else reads it."""
        writer, inside = self.writers.get(tensor), {op.index for op in members}
        if writer is None or tensor in self.graph.outputs or self.readers[tensor] - inside:
            return None
        same = self.graph.tensors[tensor].elements == self._elements(last)
        return writer if same and self.is_elementwise(writer) else None

    def is_elementwise(self, op: Operator) -> bool:
        if op.index not in self.elementwise:
            self.elementwise[op.index] = self._depends_on_elements(op)
        return self.elementwise[op.index]

    def _depends_on_elements(self, op: Operator) -> bool:
        """Whether outputs depend on the int8 in the same place and constants of one value."""
        if op.custom or len(op.outputs) != 1 or min(op.inputs, default=-1) < 0:
            return False
        tensors = [self.graph.tensors[index] for index in (*op.inputs, *op.outputs)]
        if any(tensor.dtype != "int8" or tensor.is_variable for tensor in tensors):
            return False
        moving = [tensor for tensor in tensors if tensor.data is None]
        if len(moving) < 2 or len({tensor.elements for tensor in moving}) != 1:
            return False
        if any(one_value(tensor) is None for tensor in tensors if tensor.data is not None):
            return False
        return isinstance(lowerings()[op.name](Node(self.graph, op)), FunctionS8)

    def _elements(self, op: Operator) -> int:
        return self.graph.tensors[op.outputs[0]].elements


def _outputs(graph: Graph, op: Operator, values: Mapping[int, Int]) -> Int:
    """Of an operator, for values of what it reads that is no constant."""
    lowering = cast(FunctionS8, lowerings()[op.name](Node(graph, op)))
    return lowering.outputs_s8(*_operands(graph, op, values))


def _operands(graph: Graph, op: Operator, values: Mapping[int, Int]) -> Iterator[Int]:
    for index in op.inputs:
        constant = one_value(graph.tensors[index])
        yield values[index] if constant is None else np.array([constant], np.int64)


def _step(operator: Operator, table: np.ndarray, graph: Graph) -> Call:
    node = Node(graph, operator)
    count = node.output().elements
    fields: dict[str, Value] = {"count": count, "table": Constant("outputs", table)}
    return checked(node.unary("lut_s8", "lut.h", fields))
