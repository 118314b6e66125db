"""Lowers the operators of a graph to steps, by the files in ops/."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import cast

from hilbench.core.errors import Unsupported
from hilbench.core.registry import collect
from hilbench.core.text import and_more
from hilbench.engines.aot import headers, ops
from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.program import Call, Step
from hilbench.engines.aot.remedies import remedy
from hilbench.tflite.graph import Graph, Operator

_MAX_PROBLEMS = 8


@cache
def lowerings() -> Mapping[str, type[Lowering]]:
    """The lowering of each supported operator, from the tables OPERATORS in ops/."""
    tables = cast(Sequence[Mapping[str, type[Lowering]]], collect(ops, "OPERATORS"))
    return {name: lowering for table in tables for name, lowering in table.items()}


def lower(graph: Graph) -> tuple[Step, ...]:
    """One step per operator, in their order.

    Raises Unsupported with every operator that cannot be lowered, each kind
    of problem once; BuildError where a lowering and a kernel's header disagree.
    """
    steps: list[Step] = []
    problems: dict[tuple[str, str], list[Operator]] = {}
    for operator in graph.operators:
        try:
            steps.append(_lower(Node(graph, operator)))
        except Unsupported as error:
            problems.setdefault((operator.name, error.message), []).append(operator)
    if problems:
        raise _refusal(graph, problems)
    return tuple(steps)


def _lower(node: Node) -> Step:
    operator = node.operator
    if operator.custom:
        raise Unsupported("custom operators are not supported")
    if operator.name not in lowerings():
        raise Unsupported("not supported by the engine aot")
    lowering = lowerings()[operator.name](node)
    lowering.check()
    step = lowering.lower()
    if isinstance(step, Call) and step.repeat is None:
        return headers.checked(step)
    return step


def _refusal(graph: Graph, problems: Mapping[tuple[str, str], Sequence[Operator]]) -> Unsupported:
    """All in `problems`; the message has the first ones, and the names of all operators."""
    lines = []
    for (name, reason), operators in problems.items():
        numbers = and_more([str(operator.index) for operator in operators])
        lines.append(f"{name} (operator {numbers}): {reason}")
    text = "; ".join(lines[:_MAX_PROBLEMS])
    if len(lines) > _MAX_PROBLEMS:
        named = {name for name, _ in list(problems)[:_MAX_PROBLEMS]}
        others = dict.fromkeys(name for name, _ in problems if name not in named)
        text += f"; and {len(lines) - _MAX_PROBLEMS} more problems"
        text += f", with {', '.join(others)}" if others else ""
    refused = (operator for operators in problems.values() for operator in operators)
    return Unsupported(text, remedy=remedy(graph, refused), problems=lines)
