"""How often the body of a WHILE runs, where the graph says so.

Keras' loops count: the condition compares counters with constants, the body adds
a constant to each. Any other loop depends on data, and its trips are unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from hilbench.tflite.graph import Graph, Operator


def trips(graph: Graph, caller: Graph, operator: Operator) -> int | None:
    """Runs of the body of `operator`, a WHILE among the operators of `caller`.

    `graph` is the main one, which holds the subgraphs. None where the number
    depends on data or on a condition of another form.
    """
    condition = _called(graph, operator, "cond")
    body = _called(graph, operator, "body")
    if len(condition.outputs) != 1:
        return None
    producers = _producers(body)
    limits = [
        _limit(condition, body, caller, operator, less, producers)
        for less in _all_of(condition, condition.outputs[0])
    ]
    known = [limit for limit in limits if limit is not None]
    return min(known) if known and len(known) == len(limits) else None


def may_not_end(graph: Graph) -> bool:
    """Whether it depends on data how often a loop of the main graph or of another one runs."""
    return any(
        operator.name == "WHILE" and trips(graph, each, operator) is None
        for each in (graph, *graph.subgraphs)
        for operator in each.operators
    )


def _called(graph: Graph, operator: Operator, which: str) -> Graph:
    return graph.subgraphs[cast("int", operator.options[f"{which}_subgraph_index"]) - 1]


def _producers(graph: Graph) -> dict[int, Operator]:
    return {tensor: operator for operator in graph.operators for tensor in operator.outputs}


def _all_of(graph: Graph, tensor: int) -> Iterator[Operator | None]:
    """The comparisons that must all hold, once each; None for what is not one."""
    producers, seen, left = _producers(graph), {tensor}, [tensor]
    while left:
        operator = producers.get(left.pop())
        if operator is not None and operator.name == "LOGICAL_AND":
            left += set(operator.inputs) - seen
            seen.update(operator.inputs)
        else:
            is_less = operator is not None and operator.name == "LESS" and len(operator.inputs) == 2
            yield operator if is_less else None


def _limit(
    condition: Graph,
    body: Graph,
    caller: Graph,
    loop: Operator,
    less: Operator | None,
    producers: Mapping[int, Operator],
) -> int | None:
    """Trips until `less`, counter < bound, no longer holds."""
    if less is None or less.inputs[0] not in condition.inputs:
        return None
    position = condition.inputs.index(less.inputs[0])
    start = _scalar(caller, loop.inputs[position])
    step = _step(body, position, producers)
    bound = _bound(condition, body, caller, loop, less.inputs[1])
    if start is None or bound is None or not step or step < 0:
        return None
    return max(0, -(-(bound - start) // step))


def _bound(condition: Graph, body: Graph, caller: Graph, loop: Operator, tensor: int) -> int | None:
    """A constant of the condition, or one that the loop carries unchanged."""
    if tensor not in condition.inputs:
        return _scalar(condition, tensor)
    position = condition.inputs.index(tensor)
    if body.outputs[position] != body.inputs[position]:
        return None
    return _scalar(caller, loop.inputs[position])


def _step(body: Graph, position: int, producers: Mapping[int, Operator]) -> int | None:
    """What the body adds to the counter at `position`."""
    counter = body.inputs[position]
    adding = producers.get(body.outputs[position])
    if adding is None or adding.name != "ADD" or counter not in adding.inputs:
        return None
    others = [tensor for tensor in adding.inputs if tensor != counter]
    return _scalar(body, others[0]) if len(others) == 1 else None


def _scalar(graph: Graph, tensor: int) -> int | None:
    """The value of a constant integer."""
    data = graph.tensors[tensor].data if tensor >= 0 else None
    if data is None or data.size != 1 or data.dtype.kind not in "iu":
        return None
    return int(data.reshape(-1)[0])
