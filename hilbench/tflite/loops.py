"""How often the body of a WHILE runs, where the graph says so.

Keras' loops count: the condition compares counters with constants, the body adds
a constant to each. Any other loop depends on data, and its trips are unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    limits = [
        _limit(condition, body, caller, operator, less)
        for less in _all_of(condition, condition.outputs[0])
    ]
    known = [limit for limit in limits if limit is not None]
    return min(known) if known and len(known) == len(limits) else None


def _called(graph: Graph, operator: Operator, which: str) -> Graph:
    return graph.subgraphs[cast("int", operator.options[f"{which}_subgraph_index"]) - 1]


def _producer(graph: Graph, tensor: int) -> Operator | None:
    return next((op for op in graph.operators if tensor in op.outputs), None)


def _all_of(graph: Graph, tensor: int) -> Iterator[Operator | None]:
    """The comparisons that must all hold; None for what is not one."""
    operator = _producer(graph, tensor)
    if operator is not None and operator.name == "LOGICAL_AND":
        for operand in operator.inputs:
            yield from _all_of(graph, operand)
    else:
        yield operator if operator is not None and operator.name == "LESS" else None


def _limit(
    condition: Graph, body: Graph, caller: Graph, loop: Operator, less: Operator | None
) -> int | None:
    """Trips until `less`, counter < bound, no longer holds."""
    if less is None or less.inputs[0] not in condition.inputs:
        return None
    position = condition.inputs.index(less.inputs[0])
    start = _scalar(caller, loop.inputs[position])
    step = _step(body, position)
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


def _step(body: Graph, position: int) -> int | None:
    """What the body adds to the counter at `position`."""
    counter = body.inputs[position]
    adding = _producer(body, body.outputs[position])
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
