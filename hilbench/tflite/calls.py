"""Which subgraphs operators call: that they are there, take what they are given, and end."""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from typing import cast

from hilbench.core.errors import FormatError, Unsupported
from hilbench.tflite.graph import Graph, Operator

MAX_EXPANDED = 500_000
"""Operators of the main graph with what each call calls in its place, loops once."""
DEEPEST = 24
"""Calls in calls: a loop in a loop is 2 deep."""


def check_calls(graphs: Sequence[Graph]) -> None:
    """`graphs[n]` is subgraph n of a file, 0 the main one, which nothing may call.

    Raises FormatError for a subgraph that is not there, that takes or gives another number of
    tensors than its caller says, or that calls itself, be it through others; Unsupported for
    calls in calls by which a small file is a huge graph: ten subgraphs of which each calls
    the next ten times are one of 10^10 operators. And for more than DEEPEST of them in each other.
    """
    for graph in graphs:
        for operator in graph.operators:
            _check(graphs, operator)
    inner = {n: [c for op in g.operators for c in _called(op)] for n, g in enumerate(graphs)}
    expanded: dict[int, int] = {}
    depth: dict[int, int] = {}
    try:
        order = list(TopologicalSorter(inner).static_order())
    except CycleError as error:
        raise FormatError(f"subgraph {error.args[1][0]} calls itself") from None
    for number in order:
        size = len(graphs[number].operators) + sum(expanded[each] for each in inner[number])
        expanded[number] = min(size, MAX_EXPANDED + 1)
        depth[number] = max((depth[each] + 1 for each in inner[number]), default=0)
    if expanded[0] > MAX_EXPANDED:
        raise Unsupported(f"calls of subgraphs that are more than {MAX_EXPANDED} operators in all")
    if depth[0] > DEEPEST:
        raise Unsupported(f"calls of subgraphs in each other, more than {DEEPEST} deep")


def _called(operator: Operator) -> tuple[int, ...]:
    """The numbers of the subgraphs that an operator names."""
    options = operator.options.items()
    return tuple(cast(int, n) for key, n in options if key.endswith("_subgraph_index"))


def _check(graphs: Sequence[Graph], operator: Operator) -> None:
    where = f"operator {operator.index} {operator.name}"
    for number in _called(operator):
        if number not in range(1, len(graphs)):
            raise FormatError(f"{where}: there is no subgraph {number}")
    given, wanted = len(operator.inputs), len(operator.outputs)
    for key, value in operator.options.items():
        if not key.endswith("_subgraph_index"):
            continue
        number = cast(int, value)
        takes, gives = len(graphs[number].inputs), len(graphs[number].outputs)
        expected = {
            "cond_subgraph_index": (given, 1),
            "body_subgraph_index": (given, given),
            "init_subgraph_index": (0, gives),
        }.get(key, (given - 1, wanted))
        if (takes, gives) != expected or (operator.name == "WHILE" and wanted != given):
            raise FormatError(
                f"{where}: has {given} inputs and {wanted} outputs, subgraph {number} has"
                f" {takes} and {gives}"
            )
