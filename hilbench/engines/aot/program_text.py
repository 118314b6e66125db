"""A program as C functions, of a size that compilers like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import indent

import numpy as np

from hilbench.engines.aot.loops import LoopText
from hilbench.engines.aot.passes.reroll import reroll
from hilbench.engines.aot.plan import aligned
from hilbench.engines.aot.program import Loop, Operand, Repeat, Segment
from hilbench.engines.aot.statements import Argument, Statements

# GCC's time grows faster than the length of a function.
_CALLS_PER_FUNCTION = 200
_INDENT = " " * 8


class ProgramText:
    """The functions of a program, and the statements that run them in order.

    Programs in loops have their functions in front of those that call them.
    """

    def __init__(self, statements: Statements, functions: list[str] | None = None) -> None:
        self.functions: list[str] = [] if functions is None else functions
        self.invocations: list[str] = []
        self._statements = statements
        layout = statements.layout
        for segment in reroll(layout.calls, layout.storage):
            self._add(segment)

    def _add(self, segment: Segment) -> None:
        if isinstance(segment, Loop):
            name = f"loop_{len(self.functions)}"
            self._define(name, LoopText(name, segment, self._statements).text())
            flags = {self._statements.flag(step) for step in range(segment.first, segment.end)}
            if len(flags) == 1 and (flag := flags.pop()):
                self.invocations[-1] = f"    if ({flag})\n    {self.invocations[-1]}"
            return
        calls = self._statements.calls
        for repeats, steps in groupby(segment, key=lambda step: calls[step].repeat is not None):
            found = list(steps)
            if repeats:
                for step in found:
                    self._repeat(step)
                continue
            for start in range(0, len(found), _CALLS_PER_FUNCTION):
                self._straight(found[start : start + _CALLS_PER_FUNCTION])

    def _straight(self, steps: Sequence[int]) -> None:
        body = "\n".join(self._bodies(steps))
        name = f"invoke_{len(self.functions)}"
        self._define(name, f"static void {name}(void)\n{{\n{body}\n}}\n")

    def _bodies(self, steps: Sequence[int]) -> Iterator[str]:
        """The calls, those in braces that may rest."""
        for flag, group in groupby(steps, key=self._statements.flag):
            text = "\n".join(self._statements.straight(step) for step in group)
            yield f"    if ({flag}) {{\n{indent(text, '    ')}\n    }}" if flag else text

    def _repeat(self, step: int) -> None:
        repeat = self._statements.calls[step].repeat
        if repeat is not None:
            text = _RepeatText(self._statements, step, repeat, self.functions)
            name = f"repeat_{len(self.functions)}"
            self._define(name, text.function(name))

    def _define(self, name: str, text: str) -> None:
        self.functions.append(text)
        self.invocations.append(f"    {name}();")


class _RepeatText:
    """A loop whose trips are counted when it runs.

    Carried tensors are where the outputs of the call are: there they get their first values, the
    condition and the body read them, and each trip brings the next ones.
    """

    def __init__(
        self, statements: Statements, step: int, repeat: Repeat, functions: list[str]
    ) -> None:
        call = statements.calls[step]
        self._statements, self._call, self._repeat = statements, call, repeat
        self._carried = [statements.argument(output) for output in call.outputs]
        carried = dict(zip(repeat.carried, self._carried, strict=True))
        places = [
            carried.get(position) or statements.argument(operand)
            for position, operand in enumerate(call.inputs)
        ]
        base = statements.scratch_offset(step) if call.scratch else 0
        self._condition, self._trip = (
            statements.inner(part, dict(zip(part.graph.inputs, places, strict=True)), base)
            for part in (repeat.condition, repeat.trip)
        )
        self._staging = base + aligned(repeat.trip.plan.size)
        self._texts = [ProgramText(part, functions) for part in (self._condition, self._trip)]

    def function(self, name: str) -> str:
        condition, trip = (
            "".join(f"    {line}\n" for line in text.invocations) for text in self._texts
        )
        flag = self._condition.argument(Operand(self._repeat.condition.graph.outputs[0]))
        return (
            f"static void {name}(void)\n{{\n"
            f"    {self._statements.comment([self._call])}\n"
            f"{''.join(self._first_values())}    for (;;) {{\n{condition}"
            f"{_INDENT}if (!*{flag.text})\n{_INDENT}    break;\n"
            f"{trip}{''.join(self._next_values())}    }}\n}}\n"
        )

    def _first_values(self) -> Iterator[str]:
        storage = self._statements.layout.storage
        tensors = storage.graph.tensors
        for position, place in zip(self._repeat.carried, self._carried, strict=True):
            operand = self._call.inputs[position]
            size = tensors[operand.tensor].bytes
            data = tensors[storage.place(operand.tensor).root].data
            if data is not None and not np.any(data):
                yield f"    memset({place.text}, 0, {size});\n"
            else:
                source = self._statements.argument(operand)
                yield f"    memcpy({place.text}, {source.text}, {size});\n"

    def _next_values(self) -> Iterator[str]:
        """What lies in the memory of another carried tensor is brought to safety before."""
        graph = self._repeat.trip.graph
        staged = dict(zip(staged_outputs(self._repeat), self._stages(), strict=True))
        for number, offset in staged.items():
            source = self._trip.argument(Operand(graph.outputs[number]))
            size = graph.tensors[graph.outputs[number]].bytes
            yield f"{_INDENT}memcpy(arena + {offset}, {source.text}, {size});\n"
        for number, place in enumerate(self._carried):
            index = graph.outputs[number]
            source = self._trip.argument(Operand(index))
            if number in staged:
                source = Argument("uint8_t", offset=staged[number])
            if source.constant is None and source.offset == place.offset:
                continue
            yield f"{_INDENT}memcpy({place.text}, {source.text}, {graph.tensors[index].bytes});\n"

    def _stages(self) -> Iterator[int]:
        """Where in the arena each staged output waits."""
        graph, offset = self._repeat.trip.graph, self._staging
        for number in staged_outputs(self._repeat):
            yield offset
            offset += aligned(graph.tensors[graph.outputs[number]].bytes)


def staged_outputs(repeat: Repeat) -> tuple[int, ...]:
    """The outputs of a trip that lie in the memory of a carried tensor other than their own."""
    graph, storage = repeat.trip.graph, repeat.trip.storage
    found = []
    for number, (position, index) in enumerate(zip(repeat.carried, graph.outputs, strict=True)):
        place = storage.place(index)
        if place.root in graph.inputs and (place.root, place.offset) != (graph.inputs[position], 0):
            found.append(number)
    return tuple(found)


def scratch_bytes(repeat: Repeat) -> int:
    """Bytes of the arena that a loop needs besides what it carries."""
    graph = repeat.trip.graph
    staged = sum(aligned(graph.tensors[graph.outputs[n]].bytes) for n in staged_outputs(repeat))
    return max(repeat.condition.plan.size, aligned(repeat.trip.plan.size) + staged)
