"""A row that a loop writes into a list, of a number that only the running loop knows.

The converter writes it as "the rows before i, the new ones, the rows behind them", with lengths
that depend on i. It is one DYNAMIC_UPDATE_SLICE from row i on.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hilbench.engines.aot.passes.indices import Indices, Number
from hilbench.engines.aot.passes.rewriting import Rewriting
from hilbench.tflite.graph import Graph, Operator, OptionValue, Tensor


def write_rows(graph: Graph) -> Graph:
    """The same graph with DYNAMIC_UPDATE_SLICE where that form is recognised."""
    return _Rows(graph).rewritten()


class _Rows(Rewriting):
    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self._indices = Indices(self.tensors, self.writers)

    def rewritten(self) -> Graph:
        for operator in self.graph.operators:
            self.operators.extend(self._update(operator) or [operator])
        return self.written()

    def _update(self, operator: Operator) -> list[Operator]:
        """What stands for a CONCATENATION of this form, nothing for any other operator."""
        if operator.name != "CONCATENATION" or operator.custom or len(operator.inputs) != 3:
            return []
        before, new, behind = operator.inputs
        slices = [self._slice(index) for index in (before, behind)]
        if operator.options["axis"] != 0 or None in slices:
            return []
        (rows, head, lengths), (same, tail, rest) = (found for found in slices if found)
        rank, rows_new = len(self.tensors[rows].shape), self.tensors[new].shape
        if rows != same or len(rows_new) != rank or rows_new[1:] != self.tensors[rows].shape[1:]:
            return []
        first, last = lengths[0], tail[0]
        if head != [(None, 0)] * rank or rest[0] != (None, -1) or first[0] is None:
            return []
        if last != (first[0], first[1] + rows_new[0]) or not self._is_whole(lengths, tail, rest):
            return []
        return self._update_slice(first, rank, (rows, new), operator.outputs)

    def _is_whole(self, lengths: list[Number], tail: list[Number], rest: list[Number]) -> bool:
        """Whether all axes but the first are complete."""
        whole = [(None, -1)] * (len(lengths) - 1)
        return lengths[1:] == rest[1:] == whole and tail[1:] == [(None, 0)] * len(whole)

    def _slice(self, index: int) -> tuple[int, list[Number], list[Number]] | None:
        """(list, first elements, lengths) where a SLICE makes this tensor."""
        writer = self.writers.get(index)
        if writer is None or writer.name != "SLICE" or writer.custom:
            return None
        begin, size = (self._indices.of(operand) for operand in writer.inputs[1:3])
        rank = len(self.tensors[writer.inputs[0]].shape)
        if begin is None or size is None or not len(begin) == len(size) == rank:
            return None
        return writer.inputs[0], begin, size

    def _update_slice(
        self,
        first: Number,
        rank: int,
        inputs: tuple[int, int],
        outputs: Sequence[int],
    ) -> list[Operator]:
        scalar, constant = first
        if scalar is None or constant != 0 or self.tensors[scalar].dtype != "int32":
            return []
        row = self.add(Tensor(0, "", (1,), "int32"))
        operators = [Operator(0, "RESHAPE", (scalar,), (row,), {"new_shape": ()})]
        start = row
        if rank > 1:
            others = self.constant(np.zeros(rank - 1, np.int32))
            start = self.add(Tensor(0, "", (rank,), "int32"))
            options: dict[str, OptionValue] = {"axis": 0, "fused_activation_function": "NONE"}
            operators.append(Operator(0, "CONCATENATION", (row, others), (start,), options))
        update = Operator(0, "DYNAMIC_UPDATE_SLICE", (*inputs, start), tuple(outputs))
        return [*operators, update]
