"""Subgraphs and variables become one plain graph.

- WHILE: its body stands once for each trip. The counter is then a constant in every copy, so
  that nothing is dynamic any more; `reroll` makes the trips a loop again.
- IF: the branch that its constant condition takes.
- VAR_HANDLE, READ_VARIABLE, ASSIGN_VARIABLE: a tensor that keeps its values. Who reads it sees what
  was assigned before; at the end of an invocation it gets what was assigned last.
- CALL_ONCE: the values that variables have after a reset.

What depends on data here (a loop's trips, a branch) is not supported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from hilbench.core.errors import Unsupported
from hilbench.engines.aot.passes import shapes
from hilbench.engines.aot.passes.fold import Budget, fold
from hilbench.tflite.graph import Graph, Operator, Tensor

COPY = "COPY"
"""An operator of the compiler's own: the elements in memory of their own."""

_MAX_OPERATORS = 200_000
"""That run, those that are computed ahead of time and leave no operator included."""
_CALLING = frozenset({"WHILE", "IF", "CALL_ONCE"})
_STATEFUL = frozenset({"VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE"})


def flatten(graph: Graph) -> Graph:
    """The same network without subgraphs and resources. Raises Unsupported."""
    names = {operator.name for operator in graph.operators}
    if not names & (_CALLING | _STATEFUL):
        return graph
    return _Flattener(graph).flattened()


class _Flattener:
    """Copies operators into one list; tensors get new numbers, constants are shared."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._tensors: list[Tensor] = []
        self._operators: list[Operator] = []
        self._constants: dict[tuple[int, int], int] = {}
        self._handles: dict[int, str] = {}  # tensors that are handles, to the variable's name
        self._variables: dict[str, int] = {}
        self._current: dict[str, int] = {}
        self._initial: dict[str, np.ndarray] = {}
        self._runs = 0
        self._budget = Budget()

    def flattened(self) -> Graph:
        graph = self._graph
        inputs = [self._add(graph.tensors[index]) for index in graph.inputs]
        results = self._run(graph, inputs)
        outputs = tuple(self._output(index, inputs, results[:n]) for n, index in enumerate(results))
        self._assign()
        return Graph(tuple(self._tensors), tuple(self._operators), tuple(inputs), outputs)

    def _output(self, index: int, inputs: Sequence[int], earlier: Sequence[int]) -> int:
        """A graph output has memory of its own."""
        tensor = self._tensors[index]
        if tensor.data is None and not tensor.is_variable and index not in (*inputs, *earlier):
            return index
        return self._copy(index)

    def _copy(self, index: int) -> int:
        source = self._tensors[index]
        target = self._add(replace(source, data=None, is_variable=False, initial=None))
        self._append(Operator(0, COPY, (index,), (target,)))
        return target

    def _assign(self) -> None:
        """What was assigned last becomes the value of the next invocation."""
        changed = {n: self._current[n] for n, v in self._variables.items() if self._current[n] != v}
        sources = {
            name: self._copy(value) if value in self._variables.values() else value
            for name, value in changed.items()
        }
        for name, value in sources.items():
            self._append(Operator(0, COPY, (value,), (self._variables[name],)))

    def _run(self, graph: Graph, arguments: Sequence[int]) -> list[int]:
        """The numbers of the outputs of a subgraph that is given these tensors."""
        self._count(1 + len(graph.operators))
        numbers = dict(zip(graph.inputs, arguments, strict=True))
        for operator in graph.operators:
            for index in operator.inputs:
                if index >= 0 and index not in numbers:
                    numbers[index] = self._constant(graph, index)
            self._operator(graph, operator, numbers)
        return [
            numbers[index] if index in numbers else self._constant(graph, index)
            for index in graph.outputs
        ]

    def _constant(self, graph: Graph, index: int) -> int:
        """A constant of a subgraph, or a variable of an operator: once, however often it runs."""
        key = id(graph), index
        if key not in self._constants:
            self._constants[key] = self._add(graph.tensors[index])
        return self._constants[key]

    def _operator(self, graph: Graph, operator: Operator, numbers: dict[int, int]) -> None:
        inputs = [numbers[index] if index >= 0 else -1 for index in operator.inputs]
        name = "" if operator.custom else operator.name
        if name == "WHILE":
            results = self._while(operator, inputs)
        elif name == "IF":
            branch = "then" if self._truth(inputs[0], "an IF whose condition") else "else"
            results = self._run(self._called(operator, branch), inputs[1:])
        elif name == "CALL_ONCE":
            return self._call_once(operator)
        elif name in _STATEFUL:
            results = self._stateful(graph, operator, inputs)
        else:
            results = self._plain(graph, operator, inputs)
        numbers.update(zip(operator.outputs, results, strict=True))
        return None

    def _while(self, operator: Operator, inputs: list[int]) -> list[int]:
        condition, body = self._called(operator, "cond"), self._called(operator, "body")
        carried = inputs
        while self._truth(self._run(condition, carried)[0], "a WHILE whose number of trips"):
            carried = self._run(body, carried)
        return carried

    def _called(self, operator: Operator, which: str) -> Graph:
        number = cast(int, operator.options[f"{which}_subgraph_index"])
        return self._graph.subgraphs[number - 1]

    def _truth(self, index: int, what: str) -> bool:
        data = self._tensors[index].data
        if data is None or data.size != 1:
            raise Unsupported(f"{what} depends on data")
        return bool(data.ravel()[0])

    def _call_once(self, operator: Operator) -> None:
        """Runs the initialisation, which may only assign constants."""
        self._run(self._called(operator, "init"), ())
        for name, value in self._current.items():
            data = self._tensors[value].data
            if data is None:
                raise Unsupported(f"variable '{name}' begins with a value that is computed")
            self._initial[name] = data
        self._variables.clear()
        self._current.clear()

    def _stateful(self, graph: Graph, operator: Operator, inputs: Sequence[int]) -> list[int]:
        if operator.name == "VAR_HANDLE":
            handle = self._add(graph.tensors[operator.outputs[0]])
            names = (operator.options["container"], operator.options["shared_name"])
            self._handles[handle] = "/".join(str(name) for name in names)
            return [handle]
        if inputs[0] not in self._handles:
            raise Unsupported(f"{operator.name} of a variable that depends on data")
        name = self._handles[inputs[0]]
        if operator.name == "READ_VARIABLE":
            return [self._value(name, graph.tensors[operator.outputs[0]])]
        self._value(name, self._tensors[inputs[1]])
        self._current[name] = inputs[1]
        return []

    def _value(self, name: str, like: Tensor) -> int:
        """What the variable holds now; it has the type and shape of who uses it first."""
        if name not in self._variables:
            initial = self._initial.get(name)
            if initial is not None and initial.size != like.elements:
                raise Unsupported(f"variable '{name}' of another size than {like.label}")
            variable = replace(like, data=None, is_variable=True, initial=initial)
            self._variables[name] = self._current[name] = self._add(variable)
        return self._current[name]

    def _plain(self, graph: Graph, operator: Operator, inputs: Sequence[int]) -> list[int]:
        tensors = [self._tensors[index] if index >= 0 else None for index in inputs]
        outputs = [graph.tensors[index] for index in operator.outputs]
        if outputs:
            outputs[0] = self._shaped(graph, operator, tensors, outputs[0])
        folded = None
        if len(outputs) == 1:
            folded = fold(operator, tensors, outputs[0], self._budget)
        if folded is not None:
            return [self._add(folded)]
        results = [self._add(tensor) for tensor in outputs]
        self._append(replace(operator, inputs=tuple(inputs), outputs=tuple(results)))
        return results

    def _shaped(
        self, graph: Graph, operator: Operator, inputs: Sequence[Tensor | None], output: Tensor
    ) -> Tensor:
        """The output with the shape that it has with these inputs."""
        shape = shapes.infer(operator, inputs, output.shape)
        present = [tensor for tensor in inputs if tensor is not None]
        if shape == output.shape and len(present) == len(inputs):
            before = [graph.tensors[index] for index in operator.inputs]
            if output.shape in {tensor.shape for tensor in before}:
                shape = shapes.follow(present, before, output.shape)
        return replace(output, shape=shape)

    def _count(self, operators: int) -> None:
        """A loop that adds up constants leaves no operator, and need not end."""
        self._runs += operators
        if self._runs > _MAX_OPERATORS:
            raise Unsupported(f"loops of more than {_MAX_OPERATORS} operators in all")

    def _add(self, tensor: Tensor) -> int:
        self._tensors.append(replace(tensor, index=len(self._tensors)))
        return len(self._tensors) - 1

    def _append(self, operator: Operator) -> None:
        self._operators.append(replace(operator, index=len(self._operators)))
