"""Subgraphs and variables become one plain graph.

- WHILE: its body stands once for each trip. The counter is then a constant in every copy, so
  that nothing is dynamic any more; `reroll` makes the trips a loop again. Trips that are too many
  for that, or depend on data, stay a loop: LOOP, an operator with graphs of its own.
- IF: the branch that its constant condition takes, or both and a choice of their results.
- VAR_HANDLE, READ_VARIABLE, ASSIGN_VARIABLE: a tensor that keeps its values. Who reads it sees what
  was assigned before; at the end of an invocation it gets what was assigned last.
- CALL_ONCE: the values that variables have after a reset.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np

from hilbench.core.errors import Unsupported
from hilbench.engines.aot.passes import shapes
from hilbench.engines.aot.passes.endless import check_ends
from hilbench.engines.aot.passes.fold import Budget, fold
from hilbench.engines.aot.passes.list_rows import write_rows
from hilbench.engines.aot.passes.lstm_steps import lstm_steps
from hilbench.engines.aot.passes.rewriting import COPY
from hilbench.tflite import state
from hilbench.tflite.graph import Graph, Operator, OptionValue, Tensor

LOOP = "LOOP"
"""A WHILE that counts its trips when it runs. Its outputs are the tensors that change, at the
positions `carried` among the inputs, which both of its graphs have in full."""

_MAX_OPERATORS = 200_000
"""That run, those that are computed ahead of time and leave no operator included."""
_MAX_UNROLLED = 8_000
"""Of one loop, likewise: more take longer to compile than they save when they run."""
_CALLING = frozenset({"WHILE", "IF", "CALL_ONCE"})
_STATEFUL = frozenset({"VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE"})


def flatten(graph: Graph) -> Graph:
    """The same network without subgraphs and resources. Raises Unsupported."""
    names = {operator.name for operator in graph.operators}
    if not names & (_CALLING | _STATEFUL):
        return graph
    state.check(graph)
    return _Flattener(graph).flattened()


class _Flattener:
    """Copies operators into one list; tensors get new numbers, constants are shared."""

    def __init__(self, graph: Graph, budget: Budget | None = None) -> None:
        self._graph = graph
        self._parts: list[Graph] = []
        self._tensors: list[Tensor] = []
        self._operators: list[Operator] = []
        self._constants: dict[tuple[int, int], int] = {}
        self._handles: dict[int, str] = {}  # tensors that are handles, to the variable's name
        self._variables: dict[str, int] = {}
        self._current: dict[str, int] = {}
        self._initial: dict[str, np.ndarray] = {}
        self._bodies: dict[int, Graph] = {}
        self._runs = 0
        self._budget = budget or Budget()

    def flattened(self) -> Graph:
        return self._flat([self._add(self._graph.tensors[index]) for index in self._graph.inputs])

    def _flat(self, inputs: Sequence[int]) -> Graph:
        results = self._run(self._graph, inputs)
        outputs = tuple(self._output(index, inputs, results[:n]) for n, index in enumerate(results))
        self._assign()
        return Graph(
            tuple(self._tensors),
            tuple(self._operators),
            tuple(inputs),
            outputs,
            tuple(self._parts),
        )

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
        for index, argument in numbers.items():
            _check_handed_on(self._tensors[argument], graph.tensors[index])
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
            results = self._if(operator, inputs)
        elif name == "CALL_ONCE":
            return self._call_once(operator)
        elif name in _STATEFUL:
            results = self._stateful(graph, operator, inputs)
        else:
            results = self._plain(graph, operator, inputs)
        numbers.update(zip(operator.outputs, results, strict=True))
        if name in _CALLING:
            for index in operator.outputs:
                _check_handed_on(self._tensors[numbers[index]], graph.tensors[index])
        return None

    def _while(self, operator: Operator, inputs: list[int]) -> list[int]:
        condition, body = self._called(operator, "cond"), self._body(operator)
        before = self._state()
        carried, most = inputs, self._runs + _MAX_UNROLLED
        while (goes_on := self._truth(self._run(condition, carried)[0])) and self._runs < most:
            carried = self._run(body, carried)
        if goes_on is False:
            return carried
        self._return_to(before)
        return self._loop(condition, write_rows(body), inputs)

    def _loop(self, condition: Graph, body: Graph, inputs: list[int]) -> list[int]:
        """The results of a WHILE that stays a loop; what its trips hand on as it is, is no result.

        Constants among that are constants inside as well.
        """
        ends = list(zip(body.inputs, body.outputs, strict=True))
        carried = tuple(n for n, (first, last) in enumerate(ends) if first != last)
        given = [
            replace(self._tensors[index], data=None) if n in carried else self._tensors[index]
            for n, index in enumerate(inputs)
        ]
        changing = replace(body, outputs=tuple(body.outputs[n] for n in carried))
        parts = [self._inner(part, given) for part in (condition, changing)]
        _check_carried(parts[1], carried)
        check_ends(parts[0], parts[1], carried)
        self._parts += parts
        outputs = [self._add(given[n]) for n in carried]
        options: dict[str, OptionValue] = {
            "cond_subgraph_index": len(self._parts) - 1,
            "body_subgraph_index": len(self._parts),
            "carried": carried,
        }
        if not outputs:
            raise Unsupported("a WHILE that changes nothing")
        self._append(Operator(0, LOOP, tuple(inputs), tuple(outputs), options))
        results = list(inputs)
        for n, output in zip(carried, outputs, strict=True):
            results[n] = output
        return results

    def _inner(self, graph: Graph, given: Sequence[Tensor]) -> Graph:
        """A graph that a loop runs, flat; it gets tensors like these."""
        inner = _Flattener(replace(graph, subgraphs=self._graph.subgraphs), self._budget)
        inputs = [inner._add(replace(tensor, is_variable=False, initial=None)) for tensor in given]
        found = inner._flat(inputs)
        if inner._initial or any(tensor.is_variable for tensor in found.tensors):
            raise Unsupported("a state inside of a WHILE whose trips are many or depend on data")
        return found

    def _state(self) -> tuple[int, int, int, int, list[dict[Any, Any]]]:
        """What running a graph changes."""
        kept: list[dict[Any, Any]] = [
            self._constants,
            self._handles,
            self._variables,
            self._current,
            self._initial,
        ]
        lengths = len(self._tensors), len(self._operators), len(self._parts)
        return *lengths, self._budget.left, [each.copy() for each in kept]

    def _return_to(self, state: tuple[int, int, int, int, list[dict[Any, Any]]]) -> None:
        tensors, operators, parts, self._budget.left, kept = state
        del self._tensors[tensors:], self._operators[operators:], self._parts[parts:]
        self._constants, self._handles, self._variables, self._current, self._initial = kept

    def _called(self, operator: Operator, which: str) -> Graph:
        number = cast(int, operator.options[f"{which}_subgraph_index"])
        return self._graph.subgraphs[number - 1]

    def _body(self, operator: Operator) -> Graph:
        """The same graph each time: what is known of one is known by its identity."""
        number = cast(int, operator.options["body_subgraph_index"])
        if number not in self._bodies:
            self._bodies[number] = lstm_steps(self._called(operator, "body"))
        return self._bodies[number]

    def _truth(self, index: int) -> bool | None:
        """Of a condition that is constant, None of one that depends on data."""
        data = self._tensors[index].data
        return None if data is None or data.size != 1 else bool(data.ravel()[0])

    def _if(self, operator: Operator, inputs: list[int]) -> list[int]:
        truth = self._truth(inputs[0])
        if truth is not None:
            return self._run(self._called(operator, "then" if truth else "else"), inputs[1:])
        before = self._state()[-1]
        both = [self._run(self._called(operator, which), inputs[1:]) for which in ("then", "else")]
        if self._state()[-1][2:] != before[2:]:
            raise Unsupported("an IF that depends on data and changes a state")
        return [self._choice(inputs[0], a, b) for a, b in zip(*both, strict=True)]

    def _choice(self, condition: int, a: int, b: int) -> int:
        """SELECT_V2 of what both branches give."""
        if self._tensors[a].shape != self._tensors[b].shape:
            raise Unsupported("an IF that depends on data, with results of two shapes")
        output = self._add(replace(self._tensors[a], data=None, is_variable=False, initial=None))
        self._append(Operator(0, "SELECT_V2", (condition, a, b), (output,)))
        return output

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
        shape = shapes.infer(operator, inputs)
        present = [tensor for tensor in inputs if tensor is not None]
        if shape is None and len(present) == len(inputs):
            before = [graph.tensors[index] for index in operator.inputs]
            if output.shape in {tensor.shape for tensor in before}:
                shape = shapes.follow(present, before, output.shape)
        return output if shape is None else replace(output, shape=shape)

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


def _check_handed_on(given: Tensor, taken: Tensor) -> None:
    """Raise Unsupported where a call's bytes mean one thing outside and another inside."""
    if (given.dtype, given.quantization) != (taken.dtype, taken.quantization):
        what = f"a call that hands {given.label} on as {taken.label}"
        raise Unsupported(f"{what}, of another type or scale")


def _check_carried(body: Graph, carried: Sequence[int]) -> None:
    """Raise Unsupported unless a trip hands on what it was given, in type, shape and scale."""
    for position, index in zip(carried, body.outputs, strict=True):
        before, after = body.tensors[body.inputs[position]], body.tensors[index]
        for what in ("dtype", "shape", "quantization"):
            if getattr(before, what) != getattr(after, what):
                raise Unsupported(f"a WHILE that changes the {what} of {before.label} in its trips")
