"""The stages of the compiler, from a graph to C source."""

from __future__ import annotations

from hilbench.core.errors import Unsupported
from hilbench.engines.aot.emit import Emitted, emit
from hilbench.engines.aot.layout import Layout, lay_out
from hilbench.engines.aot.lower import lower
from hilbench.engines.aot.passes.constant_channels import drop_constant_channels
from hilbench.engines.aot.passes.expand import expand
from hilbench.engines.aot.passes.flatten import flatten
from hilbench.engines.aot.passes.fold import fold_constants
from hilbench.engines.aot.passes.groups import part_groups
from hilbench.engines.aot.passes.pieces import join_pieces
from hilbench.engines.aot.passes.prune import drop_dead_operators, drop_shape_operands
from hilbench.engines.aot.passes.reroll import reroll
from hilbench.engines.aot.passes.schedule import deepest_first
from hilbench.engines.aot.placement import Placement
from hilbench.tflite.graph import Graph


def compile_graph(
    graph: Graph, sha256: str, placement: Placement = Placement.FLASH, engine: str = "aot"
) -> Emitted:
    """C source of a graph; `sha256` names the .tflite in it, `engine` who made it.

    Raises Unsupported.
    """
    if not graph.inputs or not graph.outputs:
        raise Unsupported("a graph without inputs or without outputs")
    folded = fold_constants(expand(drop_shape_operands(join_pieces(flatten(graph)))))
    live = drop_constant_channels(part_groups(drop_dead_operators(folded)))
    layout = smallest_layout(live)
    return emit(layout, reroll(layout.calls, layout.storage), sha256, placement, engine)


def smallest_layout(graph: Graph) -> Layout:
    """What needs least memory: the file's order of operators or another, inputs kept or not.

    Kept inputs let the bench loop invoke many times without writing them again.
    """
    steps = dict(zip((op.index for op in graph.operators), lower(graph), strict=True))
    layouts = [
        lay_out(ordered, [steps[op.index] for op in ordered.operators], keep_inputs=keep_inputs)
        for keep_inputs in (True, False)
        for ordered in (graph, deepest_first(graph))
    ]
    return min(layouts, key=lambda layout: layout.plan.size)
