"""From which step to which a tensor holds values that somebody needs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hilbench.engines.aot.plan import Buffer
from hilbench.engines.aot.program import Call
from hilbench.engines.aot.storage import Storage
from hilbench.tflite.graph import Graph

BEFORE_ALL = -1


class Liveness:
    """First write and last read of each tensor, by index of the call.

    Graph inputs are written before all calls, graph outputs read after them.
    Variables keep their values from one invocation to the next, and so do
    inputs that are `kept`: then one can invoke again without writing them.
    """

    def __init__(self, graph: Graph, calls: Sequence[Call], kept: Collection[int]) -> None:
        after_all = len(calls)
        self._first: dict[int, int] = {}
        self._last: dict[int, int] = {}
        for step, call in enumerate(calls):
            for output in call.outputs:
                self._first.setdefault(output.tensor, step)
                self._last.setdefault(output.tensor, step)
            for operand in call.inputs:
                self._last[operand.tensor] = step
        variables = [t.index for t in graph.tensors if t.is_variable and t.index in self._last]
        for index in (*graph.inputs, *variables):
            self._first[index] = BEFORE_ALL
        for index in (*kept, *variables, *graph.outputs):
            self._last[index] = after_all

    def last_read(self, tensor: int) -> int:
        """The call that reads the tensor last, or wrote it for nobody; BEFORE_ALL if none."""
        return self._last.get(tensor, BEFORE_ALL)

    def buffers(self, storage: Storage) -> dict[int, Buffer]:
        """The memory that roots need in the arena: a buffer by root, in order of first write."""
        found: dict[int, Buffer] = {}
        for tensor in storage.graph.tensors:
            place = storage.place(tensor.index)
            if place.root != tensor.index or tensor.data is not None:
                continue
            members = storage.members(tensor.index)
            written = [self._first[member] for member in members if member in self._first]
            if written:
                last = max(self.last_read(member) for member in members)
                found[tensor.index] = Buffer(tensor.bytes, min(written), last)
        return dict(sorted(found.items(), key=lambda item: (item[1].first, item[0])))

    def outlived(self, calls: Sequence[Call], storage: Storage) -> set[int]:
        """Views of a variable that are read after it got its next value."""
        written = {
            call.output.tensor: step
            for step, call in enumerate(calls)
            if storage.graph.tensors[call.output.tensor].is_variable
        }
        return {
            member
            for variable, step in written.items()
            for member in storage.members(variable)
            if member != variable and self.last_read(member) > step
        }
