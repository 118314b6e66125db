"""One of two tensors by a bool: SELECT_V2, where a graph packs both and gathers by its number.

A converter that quantizes GATHER and leaves SELECT_V2 in float is served so
(hilbench/sources/keras/cells/skipping.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hilbench.tflite.graph import Graph, Operator


def select_one_of_two(graph: Graph) -> Graph:
    """The same network; what packs and casts for nobody is left to be dropped."""
    if not any(operator.name == "GATHER" for operator in graph.operators):
        return graph
    made = {index: operator for operator in graph.operators for index in operator.outputs}
    operators = (_select(graph, made, each) or each for each in graph.operators)
    return replace(graph, operators=tuple(operators))


def _select(graph: Graph, made: Mapping[int, Operator], gather: Operator) -> Operator | None:
    if gather.name != "GATHER" or any(gather.options[name] for name in ("axis", "batch_dims")):
        return None
    both, number = (made.get(index) for index in gather.inputs)
    if both is None or both.name != "PACK" or both.options["axis"] or len(both.inputs) != 2:
        return None
    if number is None or number.name != "CAST":
        return None
    flag = graph.tensors[number.inputs[0]]
    tensors = [graph.tensors[index] for index in (*both.inputs, *gather.outputs)]
    alike = {(tensor.dtype, tensor.elements, tensor.quantization) for tensor in tensors}
    if flag.dtype != "bool" or flag.elements != 1 or len(alike) > 1:
        return None
    if graph.tensors[gather.inputs[1]].shape:
        return None
    false, true = both.inputs
    return replace(gather, name="SELECT_V2", inputs=(flag.index, true, false), options={})
