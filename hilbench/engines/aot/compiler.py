"""The stages of the compiler, from a graph to C source."""

from __future__ import annotations

from dataclasses import replace

from hilbench.core.errors import Unsupported
from hilbench.engines.aot.emit import Emitted, emit
from hilbench.engines.aot.layout import smallest_layout
from hilbench.engines.aot.passes.choose import select_one_of_two
from hilbench.engines.aot.passes.constant_channels import drop_constant_channels
from hilbench.engines.aot.passes.expand import expand
from hilbench.engines.aot.passes.flatten import flatten
from hilbench.engines.aot.passes.fold import fold_constants
from hilbench.engines.aot.passes.groups import part_groups
from hilbench.engines.aot.passes.nibbles import unpack_nibbles
from hilbench.engines.aot.passes.pieces import join_pieces
from hilbench.engines.aot.passes.prune import drop_dead_operators, drop_shape_operands
from hilbench.engines.aot.passes.spread import spread_numbers
from hilbench.engines.aot.passes.states import keep_integers
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
    # Kept inputs let the bench loop invoke many times without writing them again.
    whole = prepared(flatten(unpack_nibbles(graph)))
    layout = smallest_layout(whole, (whole.inputs, ()), outside=False)
    return emit(layout, sha256, placement, engine)


def prepared(graph: Graph) -> Graph:
    """The same network, and loops in it, with less to compute when it runs."""
    graph = replace(graph, subgraphs=tuple(prepared(inner) for inner in graph.subgraphs))
    folded = fold_constants(expand(drop_shape_operands(join_pieces(graph))))
    chosen = keep_integers(select_one_of_two(folded))
    return drop_constant_channels(part_groups(spread_numbers(drop_dead_operators(chosen))))
