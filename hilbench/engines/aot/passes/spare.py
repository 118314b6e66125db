"""Calls of which a choice by one bool throws the results away: while it is false they may rest.

A recurrent cell with a threshold keeps its state in a step that has hardly moved: the graph
computes the new state all the same, and SELECT_V2 takes the old one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from hilbench.engines.aot.program import Call
from hilbench.engines.aot.storage import Storage
from hilbench.tflite.graph import Graph, Operator

SELECTS = {"SELECT", "SELECT_V2"}
_CONDITION, _TRUE = 0, 1  # places of its inputs


def choices_first(graph: Graph) -> Graph:
    """The same operators, those before all others that such a bool is computed by."""
    writers: dict[int, Operator] = {}
    before: dict[int, list[Operator]] = {}
    for operator in graph.operators:
        before[operator.index] = [writers[i] for i in operator.inputs if i in writers]
        writers.update(dict.fromkeys(operator.outputs, operator))
    waiting = [writers[flag] for flag in _flags(graph) if flag in writers]
    early: dict[int, Operator] = {}
    while waiting:
        operator = waiting.pop()
        if operator.index not in early:
            early[operator.index] = operator
            waiting += before[operator.index]
    if any(graph.tensors[i].is_variable for each in early.values() for i in each.outputs):
        return graph  # others may read what a variable was before
    order = sorted(graph.operators, key=lambda operator: operator.index not in early)
    return replace(graph, operators=tuple(order))


def _flags(graph: Graph) -> list[int]:
    """The tensors of one bool by which an operator takes one of two tensors as a whole."""
    found = [each.inputs[_CONDITION] for each in graph.operators if each.name in SELECTS]
    return [flag for flag in dict.fromkeys(found) if graph.tensors[flag].elements == 1]


def spared(graph: Graph, calls: Sequence[Call], storage: Storage) -> Mapping[int, int]:
    """By the number of each call that may rest, the bool's tensor: while that is false."""
    found: dict[int, int] = {}
    for flag in _flags(graph):
        selects = {
            step
            for step, call in enumerate(calls)
            if call.operator.name in SELECTS and call.inputs[_CONDITION].tensor == flag
        }
        made = [step for step, call in enumerate(calls) if _writes(call, flag, storage)]
        if not selects or not made:
            continue
        resting = _resting(range(made[-1] + 1, max(selects)), selects, calls, storage)
        found = {**dict.fromkeys(resting, flag), **found}
    return found


def _writes(call: Call, tensor: int, storage: Storage) -> bool:
    return any(storage.overlap(output.tensor, tensor) for output in call.outputs)


def _resting(steps: range, selects: set[int], calls: Sequence[Call], storage: Storage) -> set[int]:
    """Those whose results nobody reads but each other, and `selects` where they are true."""
    readers: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for step, call in enumerate(calls):
        for place, operand in enumerate(call.inputs):
            root = storage.place(operand.tensor).root
            readers[root].append((step, place, operand.tensor))
    graph, found = storage.graph, set[int]()
    lasting = [*graph.outputs, *(t.index for t in graph.tensors if t.is_variable)]

    def is_lost(step: int, tensor: int) -> bool:
        if any(storage.overlap(tensor, other) for other in lasting):
            return False
        return all(
            reader in found or (reader in selects and place == _TRUE)
            for reader, place, other in readers[storage.place(tensor).root]
            if reader > step and storage.overlap(tensor, other)
        )

    for step in reversed(steps):
        call = calls[step]
        if step in selects or call.repeat is not None:
            continue
        if all(is_lost(step, output.tensor) for output in call.outputs):
            found.add(step)
    return found
