"""Removes what no output depends on."""

from __future__ import annotations

from dataclasses import replace

from hilbench.tflite.graph import Graph, Operator

# Operators whose trailing inputs only repeat what the shape of the output says.
_SHAPE_OPERANDS = frozenset({"RESHAPE", "SQUEEZE", "EXPAND_DIMS"})


def drop_shape_operands(graph: Graph) -> Graph:
    """RESHAPE and its kin keep their data input alone.

    Shapes are static, so the output's shape says the same; the operators that
    computed it (SHAPE, STRIDED_SLICE, PACK) then have no reader left.
    """
    return replace(graph, operators=tuple(_drop(operator) for operator in graph.operators))


def _drop(operator: Operator) -> Operator:
    if operator.custom or operator.name not in _SHAPE_OPERANDS:
        return operator
    return replace(operator, inputs=operator.inputs[:1])


def drop_dead_operators(graph: Graph) -> Graph:
    """Keep the operators that a graph output or the next value of a variable depends on."""
    needed = {*graph.outputs, *(t.index for t in graph.tensors if t.is_variable)}
    kept: list[Operator] = []
    for operator in reversed(graph.operators):
        if needed.intersection(operator.outputs):
            needed.update(operator.inputs)
            kept.append(operator)
    return replace(graph, operators=tuple(reversed(kept)))
