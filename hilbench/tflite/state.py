"""What a network remembers from one invocation to the next."""

from __future__ import annotations

from dataclasses import dataclass

from hilbench.tflite.graph import Graph

_FUSED = "UNIDIRECTIONAL_SEQUENCE_LSTM"


@dataclass(frozen=True)
class Kept:
    """`any` state at all; `fused` in an LSTM operator; `meant` by who made the network.

    A fused LSTM or an SVDF keeps its state whether or not the network is to: it is meant where
    the file assigns variables, or where such an operator is given one step at a time.
    """

    any: bool
    fused: bool
    meant: bool


def kept(graph: Graph) -> Kept:
    """Of the main graph."""
    names = {operator.name for operator in graph.operators}
    assigned = "ASSIGN_VARIABLE" in names
    variables = assigned or any(tensor.is_variable for tensor in graph.tensors)
    return Kept(variables, _FUSED in names, assigned or (variables and _steps(graph) == 1))


def variables(graph: Graph) -> int:
    """How many variables VAR_HANDLE names, in the main graph and in those that it calls."""
    return len(
        {
            (operator.options["container"], operator.options["shared_name"])
            for part in (graph, *graph.subgraphs)
            for operator in part.operators
            if operator.name == "VAR_HANDLE"
        }
    )


def _steps(graph: Graph) -> int:
    """Of the longest sequence that an operator with state of its own is given; 0 if none has."""
    found = [0]
    for operator in graph.operators:
        if operator.name == _FUSED and operator.outputs:
            shape = graph.tensors[operator.outputs[0]].shape
            axis = 0 if operator.options.get("time_major") else 1
            found.append(shape[axis] if len(shape) == 3 else 1)
        elif operator.name == "SVDF":
            found.append(1)
    return max(found)
