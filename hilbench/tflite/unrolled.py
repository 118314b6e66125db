"""The one product that unrolling loses: the first step's with a state of zeros.

The converter folds it, so that the unrolled file of a network multiplies a little
less than its loop or its fused operator. MACs describe the network: it counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from hilbench.tflite.graph import Graph, Operator

_MOVERS = ("DEQUANTIZE", "QUANTIZE", "RESHAPE", "SLICE", "SPLIT", "SPLIT_V", "STRIDED_SLICE")


def folded_products(graph: Graph) -> list[Operator]:
    """For each folded product, the FULLY_CONNECTED that does the same one step later.

    A recurrence is seen by its products: those with the same weights depend on each
    other, each is added to one of the step's input (other weights, shared as well), and
    one of the latter, on which all depend, is left over: the first step's.
    """
    products = _by_weights(graph)
    partners = _partners(graph, products)
    before = _ancestors(graph)
    return [
        same[0]
        for same in products.values()
        if _is_chain(same, before) and _lacks_first(same, products, partners, before)
    ]


def _by_weights(graph: Graph) -> dict[int, list[Operator]]:
    """FULLY_CONNECTED operators by their constant weights."""
    found: dict[int, list[Operator]] = defaultdict(list)
    for operator in graph.operators:
        if operator.name == "FULLY_CONNECTED" and len(operator.inputs) > 1:
            weights = operator.inputs[1]
            if weights >= 0 and graph.tensors[weights].data is not None:
                found[weights].append(operator)
    return found


def _ancestors(graph: Graph) -> dict[int, int]:
    """For each operator the set of those that it depends on, as bits of a number."""
    of_tensor: dict[int, int] = {}
    of_operator: dict[int, int] = {}
    for operator in graph.operators:
        bits = 0
        for tensor in operator.inputs:
            bits |= of_tensor.get(tensor, 0)
        of_operator[operator.index] = bits
        for tensor in operator.outputs:
            of_tensor[tensor] = bits | 1 << operator.index
    return of_operator


def _is_chain(same: Sequence[Operator], before: Mapping[int, int]) -> bool:
    return all(before[later.index] >> earlier.index & 1 for earlier, later in pairwise(same))


def _partners(
    graph: Graph, products: Mapping[int, Sequence[Operator]]
) -> dict[int, dict[int, int]]:
    """For each product, which product of which other weights it is added to."""
    weights_of = {op.index: weights for weights, same in products.items() for op in same}
    origin: dict[int, int] = {}
    partners: dict[int, dict[int, int]] = defaultdict(dict)
    for operator in graph.operators:
        data = [t for t in operator.inputs if t >= 0 and graph.tensors[t].data is None]
        origins = {origin[t] for t in data if t in origin}
        if operator.index in weights_of:
            origin[operator.outputs[0]] = operator.index
        elif operator.name == "ADD" and len(origins) == 2:
            left, right = origins
            partners[left][weights_of[right]] = right
            partners[right][weights_of[left]] = left
        elif len(origins) == len(data) == 1 and operator.name in (*_MOVERS, "ADD"):
            origin.update(dict.fromkeys(operator.outputs, origins.pop()))
    return partners


def _lacks_first(
    same: Sequence[Operator],
    products: Mapping[int, Sequence[Operator]],
    partners: Mapping[int, Mapping[int, int]],
    before: Mapping[int, int],
) -> bool:
    """Whether some input products are added to all of `same`, and one is left over."""
    for weights, inputs in products.items():
        added = {partners.get(operator.index, {}).get(weights) for operator in same}
        left = {operator.index for operator in inputs} - added
        if None in added or len(added) != len(same) or len(left) != 1:
            continue
        if before[same[0].index] >> left.pop() & 1:
            return True
    return False
