"""What alone reads TANH or LOGISTIC in int8 becomes part of their table.

The hidden state of an RNN is TANH in another scale: QUANTIZE makes an int8 of an int8, and grows
by steps of 1 as TANH does. So one table says what both say, and a step calls one function less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hilbench.engines.aot.headers import checked
from hilbench.engines.aot.node import Node
from hilbench.engines.aot.numerics.tanh import CELLS, Curve
from hilbench.engines.aot.ops.sigmoid import curve_s8
from hilbench.engines.aot.passes.tables import CURVES, CYCLES_PER_BYTE, Groups
from hilbench.engines.aot.program import Call, Operand, Step
from hilbench.tflite.graph import Graph, Operator

_SAVED_CYCLES = 6
"""Of an element on a Cortex-M4, at least."""
_TABLE_BYTES = 2 * CELLS

_Pair = tuple[Operator, Operator]


def join_curves(graph: Graph, steps: Mapping[int, Step]) -> tuple[Graph, dict[int, Step]]:
    """The same network with one operator for two, in the place of the second; steps by operator."""
    replaced: dict[int, Operator] = {}
    gone: set[int] = set()
    kept = dict(steps)
    for curve, pairs in _worth_a_table(graph, steps).items():
        for first, second in pairs:
            both = replace(second, name=f"{first.name}+{second.name}", inputs=first.inputs)
            call = curve_s8(Node(graph, first), curve)
            output = Operand(second.outputs[0])
            replaced[second.index] = both
            kept[second.index] = checked(replace(call, operator=both, output=output))
            gone.add(first.index)
    if not replaced:
        return graph, kept
    operators = [replaced.get(op.index, op) for op in graph.operators if op.index not in gone]
    return replace(graph, operators=tuple(operators)), {
        op.index: kept[op.index] for op in operators
    }


def _worth_a_table(graph: Graph, steps: Mapping[int, Step]) -> dict[Curve, list[_Pair]]:
    """Pairs by their curve: many elements have it, or nobody is left who reads TANH's own table.

    A variable may have another value where the second stands: what reads it stays.
    """
    groups, found, curves = Groups(graph), dict[Curve, list[_Pair]](), 0
    for op in graph.operators:
        if not _is_curve(op, steps[op.index]) or not groups.is_elementwise(op):
            continue
        curves += 1
        second = groups.only_reader(op.outputs[0])
        if second is not None:
            curve = Curve(tuple(groups.table([second], op.outputs[0]).tolist()))
            if curve.has_table:
                found.setdefault(curve, []).append((op, second))

    def is_worth_it(pairs: list[_Pair]) -> bool:
        elements = sum(graph.tensors[second.outputs[0]].elements for _, second in pairs)
        enough = elements * _SAVED_CYCLES >= _TABLE_BYTES * CYCLES_PER_BYTE
        return enough or len(pairs) == curves

    return {curve: pairs for curve, pairs in found.items() if is_worth_it(pairs)}


def _is_curve(op: Operator, step: Step) -> bool:
    """Whether it is TANH or LOGISTIC in int8, and not part of a larger table."""
    return op.name in CURVES and isinstance(step, Call) and step.kernel in ("tanh_s8", "lut_s8")
