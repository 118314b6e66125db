"""What the tensors of a graph need: constants, and the activations alive at one time."""

from __future__ import annotations

from dataclasses import dataclass

from hilbench.tflite.graph import Graph, Tensor


@dataclass(frozen=True)
class Memory:
    """Bytes. `weights` are all constants, shared ones once, in all subgraphs.

    `activations` are the main subgraph's other tensors; `peak` is the most of them that
    are needed at one time, in the file's order of operators. No engine needs less, unless
    it computes in place; none has to need more.
    """

    weights: int
    activations: int
    peak: int


def memory(graph: Graph) -> Memory:
    constants: dict[tuple[int, int], int] = {}
    for each in (graph, *graph.subgraphs):
        for tensor in each.tensors:
            if tensor.data is not None:
                address = tensor.data.__array_interface__["data"][0]
                constants[address, tensor.bytes] = tensor.bytes
    spans = _spans(graph)
    computed = {index: graph.tensors[index].bytes for index in spans}
    end = len(graph.operators)
    begins, ends = dict.fromkeys(range(-1, end + 2), 0), dict.fromkeys(range(-1, end + 2), 0)
    for index, (first, last) in spans.items():
        begins[first] += computed[index]
        ends[last + 1] += computed[index]
    live = peak = 0
    for time in range(-1, end + 1):
        live += begins[time] - ends[time]
        peak = max(peak, live)
    return Memory(sum(constants.values()), sum(computed.values()), peak)


def _spans(graph: Graph) -> dict[int, tuple[int, int]]:
    """First and last operator, by position, that needs each tensor that is no constant.

    Inputs are there before the first, outputs after the last; variables always.
    """
    end = len(graph.operators)
    spans: dict[int, tuple[int, int]] = {}

    def note(tensor: Tensor, time: int) -> None:
        if tensor.data is None:
            first, last = spans.get(tensor.index, (time, time))
            spans[tensor.index] = (min(first, time), max(last, time))

    for tensor in (graph.tensors[index] for index in graph.inputs):
        note(tensor, -1)
    for position, operator in enumerate(graph.operators):
        for index in (*operator.inputs, *operator.outputs):
            if index >= 0:
                note(graph.tensors[index], position)
    for index in graph.outputs:
        note(graph.tensors[index], end)
    variables = [tensor.index for tensor in graph.tensors if tensor.is_variable]
    return {**spans, **dict.fromkeys(variables, (-1, end))}
