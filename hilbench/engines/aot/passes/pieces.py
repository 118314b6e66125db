"""Parts of joined tensors are read where they come from.

A loop that collects its outputs writes row i of a list as "the rows before i, the new one, the
rows behind it": a copy of the whole list in every trip. Seen as the rows that it consists of, the
last list is one CONCATENATION of all new rows, and the others have no reader left.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hilbench.tflite.graph import Graph, Operator, Tensor


def join_pieces(graph: Graph) -> Graph:
    """SLICE and CONCATENATION along one axis, traced back to whole tensors where possible."""
    joined = _Joined(graph)
    operators = tuple(joined.operator(operator) for operator in graph.operators)
    outputs = tuple(joined.alias.get(index, index) for index in graph.outputs)
    if len(set(outputs)) != len(outputs) or set(outputs) & set(graph.inputs):
        return graph  # an output must keep memory of its own
    return replace(graph, tensors=tuple(joined.tensors), operators=operators, outputs=outputs)


class _Joined:
    """What tensors consist of; `alias[t]` is a tensor that is the same as t."""

    def __init__(self, graph: Graph) -> None:
        self.tensors = list(graph.tensors)
        self.alias: dict[int, int] = {}
        self._outputs = set(graph.outputs)
        self._parts: dict[int, tuple[int, tuple[int, ...]]] = {}  # axis, and whole tensors along it

    def operator(self, operator: Operator) -> Operator:
        """The operator on what its inputs consist of."""
        inputs = tuple(self.alias.get(index, index) for index in operator.inputs)
        operator = replace(operator, inputs=inputs)
        if operator.name == "CONCATENATION" and not operator.custom:
            return self._concatenation(operator)
        if operator.name == "SLICE" and not operator.custom:
            self._slice(operator)
        return operator

    def _concatenation(self, operator: Operator) -> Operator:
        output = self.tensors[operator.outputs[0]]
        if operator.options["fused_activation_function"] != "NONE" or not output.shape:
            return operator
        axis = int(str(operator.options["axis"])) % len(output.shape)
        if any(
            self.tensors[index].quantization != output.quantization for index in operator.inputs
        ):
            return operator
        parts: list[int] = []
        for index in operator.inputs:
            along, known = self._parts.get(index, (axis, (index,)))
            parts.extend(known if along == axis else (index,))
        parts = [index for index in parts if self.tensors[index].elements]
        if not parts:
            return operator
        self._parts[output.index] = axis, tuple(parts)
        return replace(operator, inputs=tuple(parts))

    def _slice(self, operator: Operator) -> None:
        """Note what the output of a SLICE consists of, if those are whole tensors or constants."""
        source, output = self.tensors[operator.inputs[0]], self.tensors[operator.outputs[0]]
        begin = self.tensors[operator.inputs[1]].data
        if source.index not in self._parts or begin is None or len(begin) != len(source.shape):
            return
        axis, parts = self._parts[source.index]
        others = [n for n in range(len(source.shape)) if n != axis]
        if len(output.shape) != len(source.shape) or any(
            output.shape[n] != source.shape[n] or begin[n] for n in others
        ):
            return
        found = self._between(axis, parts, int(begin[axis]), output.shape[axis])
        if found is None or not found:
            return
        self._parts[output.index] = axis, tuple(found)
        if len(found) == 1 and output.index not in self._outputs:
            self.alias[output.index] = found[0]

    def _between(
        self, axis: int, parts: tuple[int, ...], first: int, length: int
    ) -> list[int] | None:
        """The tensors that are elements `first` and `length` on; None where one is cut."""
        found, start = [], 0
        for index in parts:
            extent = self.tensors[index].shape[axis]
            low, high = max(first, start), min(first + length, start + extent)
            if low < high:
                part = index
                if high - low < extent:
                    cut = self._cut(self.tensors[index], axis, low - start, high - start)
                    if cut is None:
                        return None
                    part = cut
                found.append(part)
            start += extent
        return found

    def _cut(self, tensor: Tensor, axis: int, low: int, high: int) -> int | None:
        """A part of a constant as a constant of its own."""
        if tensor.data is None:
            return None
        data = np.ascontiguousarray(np.take(tensor.data, range(low, high), axis))
        index = len(self.tensors)
        self.tensors.append(replace(tensor, index=index, shape=data.shape, data=data))
        return index
