"""Another order of the same operators, in which fewer tensors live at a time."""

from __future__ import annotations

from dataclasses import replace

from hilbench.tflite.graph import Graph, Operator


def deepest_first(graph: Graph) -> Graph:
    """Each operator as late as its reader allows, the longest chain of inputs first.

    The converter puts the 100 input projections of an unrolled RNN before its
    first time step, so that all of them live at once. Walking back from the
    outputs, and from each operator to the input with the longest history
    first, runs each projection right before the step that reads it. (The idea
    of Sethi and Ullman's order for expression trees, J. ACM 17(4), 1970.)
    """
    updates = [
        op for op in graph.operators if any(graph.tensors[i].is_variable for i in op.outputs)
    ]
    computing = [operator for operator in graph.operators if operator not in updates]
    writers = {index: operator for operator in computing for index in operator.outputs}
    depth = _depths(graph, writers)
    done: set[int] = set()
    order: list[Operator] = []
    wanted = [*graph.outputs, *(index for update in updates for index in update.inputs)]
    pending = [writers[index] for index in reversed(wanted) if index in writers]
    while pending:
        operator = pending[-1]
        before = [writers[i] for i in reversed(operator.inputs) if i in writers]
        waiting = [other for other in before if other.index not in done]
        if waiting and operator.index not in done:
            pending.extend(sorted(waiting, key=lambda other: depth[other.index]))
            continue
        pending.pop()
        if operator.index not in done:
            done.add(operator.index)
            order.append(operator)
    return replace(graph, operators=(*order, *updates))


def _depths(graph: Graph, writers: dict[int, Operator]) -> dict[int, int]:
    """Length of the longest chain of operators that ends in each operator."""
    depth: dict[int, int] = {}
    for operator in graph.operators:
        before = [depth[writers[i].index] for i in operator.inputs if i in writers]
        depth[operator.index] = 1 + max(before, default=0)
    return depth
