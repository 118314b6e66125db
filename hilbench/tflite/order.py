"""Checks that the operators of a graph can run one after the other."""

from __future__ import annotations

from hilbench.core.errors import FormatError
from hilbench.tflite.graph import Graph, Operator


def check_order(graph: Graph) -> None:
    """Every tensor is there before it is read, and is written at most once.

    Such an order also means that the graph has no cycle. Raises FormatError.
    """
    available = {t.index for t in graph.tensors if t.data is not None or t.is_variable}
    for index in graph.inputs:
        _claim(graph, index, available, "graph input")
    for operator in graph.operators:
        where = f"operator {operator.index} {operator.name}"
        for index in operator.inputs:
            # A custom operator may list scratch memory of its own among its inputs.
            if index >= 0 and index not in available and not operator.custom:
                raise FormatError(f"{where} reads {graph.tensors[index].label} before it is there")
        for index in operator.outputs:
            if not _begins(graph, operator, index):
                _claim(graph, index, available, where)
    for index in graph.outputs:
        if index not in available:
            raise FormatError(f"graph output {graph.tensors[index].label} is never written")


def _begins(graph: Graph, operator: Operator, index: int) -> bool:
    """Whether it gives a variable its first value: the converter does so for float16 states."""
    first = operator.inputs[0] if operator.inputs else -1
    from_constant = first >= 0 and graph.tensors[first].data is not None
    return operator.name == "DEQUANTIZE" and from_constant and graph.tensors[index].is_variable


def _claim(graph: Graph, index: int, available: set[int], writer: str) -> None:
    """Note that `writer` sets a tensor, which nothing else may have set.

    Nobody sets an empty one: its data, of no bytes, cannot differ.
    """
    if index in available and graph.tensors[index].elements:
        raise FormatError(f"{writer} sets {graph.tensors[index].label}, which already has a value")
    available.add(index)
