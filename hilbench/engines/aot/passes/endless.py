"""Refuses a WHILE that does not end: its trips compute nothing that its condition reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hilbench.core.errors import Unsupported
from hilbench.engines.aot.passes.rewriting import COPY
from hilbench.tflite.graph import Graph, Operator


def check_ends(condition: Graph, body: Graph, carried: Sequence[int]) -> None:
    """Raise Unsupported where what the condition reads is, from some trip on, always the same.

    Both graphs are flat. The condition has all inputs of the loop; the body gives new values of
    those at the positions `carried` alone.
    """
    producers = _producers(body)
    values = dict(zip(carried, body.outputs, strict=True))
    needs = {p: _positions(body, [index], producers) for p, index in values.items()}
    computed = {p for p, index in values.items() if _is_computed(index, producers)}
    made = _positions(condition, condition.outputs, _producers(condition))
    read = _reached(made, needs)
    if not any(p in _reached(needs[p], needs) for p in read & computed):
        raise Unsupported(
            "a WHILE that ends at once or never: its trips compute nothing that its condition reads"
        )


def _reached(positions: Iterable[int], needs: Mapping[int, set[int]]) -> set[int]:
    """These, and those from which earlier trips computed them."""
    found, left = set(positions), list(positions)
    while left:
        new = needs.get(left.pop(), set()) - found
        found |= new
        left += new
    return found


def _producers(graph: Graph) -> dict[int, Operator]:
    """The operator that writes each tensor."""
    return {index: operator for operator in graph.operators for index in operator.outputs}


def _positions(graph: Graph, tensors: Iterable[int], producers: Mapping[int, Operator]) -> set[int]:
    """The inputs of a graph, by position, of which these tensors are made."""
    seen, left = set(tensors), list(tensors)
    while left:
        operator = producers.get(left.pop())
        new = {index for index in operator.inputs if index >= 0} - seen if operator else set()
        seen |= new
        left += new
    return {position for position, index in enumerate(graph.inputs) if index in seen}


def _is_computed(tensor: int, producers: Mapping[int, Operator]) -> bool:
    """Not a constant and not a copy."""
    while (operator := producers.get(tensor)) is not None and operator.name == COPY:
        tensor = operator.inputs[0]
    return operator is not None
