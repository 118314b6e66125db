"""What a network remembers from one invocation to the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hilbench.core.errors import Unsupported
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
    return len({name for name, use in _uses(graph) if use == "VAR_HANDLE"})


def check(graph: Graph) -> None:
    """Raise Unsupported for a variable that is read and never assigned, by its name.

    It holds nothing: a converter that is given a function without its object leaves all weights so.
    """
    uses = list(_uses(graph))
    assigned = {name for name, use in uses if use == "ASSIGN_VARIABLE"}
    if ("", "ASSIGN_VARIABLE") in uses:
        return  # by a handle from outside, of whichever variable
    read = {name for name, use in uses if use == "READ_VARIABLE"}
    if "" in read and not assigned:
        read = {name for name, use in uses if use == "VAR_HANDLE"}
    read.discard("")
    if lost := sorted(read - assigned):
        more = f" and {len(lost) - 1} more" if lost[1:] else ""
        raise Unsupported(
            f"variable '{lost[0]}'{more}: read and never assigned, its values are not in the file",
            remedy="convert the Keras model or a SavedModel, not a function of it",
        )


def _uses(graph: Graph) -> Iterator[tuple[str, str]]:
    """(variable, operator), "" for a variable whose handle comes from outside of a subgraph."""
    for part in (graph, *graph.subgraphs):
        names: dict[int, str] = {}
        for operator in part.operators:
            if operator.name == "VAR_HANDLE":
                container, name = (operator.options[k] for k in ("container", "shared_name"))
                names[operator.outputs[0]] = f"{container}/{name}".lstrip("/")
                yield names[operator.outputs[0]], operator.name
            elif operator.name in ("READ_VARIABLE", "ASSIGN_VARIABLE"):
                yield names.get(operator.inputs[0], ""), operator.name


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
