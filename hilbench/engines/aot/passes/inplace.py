"""Lets elementwise operators write over an input that nobody reads again."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field

from hilbench.engines.aot.liveness import BEFORE_ALL, Liveness
from hilbench.engines.aot.program import Call
from hilbench.engines.aot.storage import Storage


def reuse_inputs(calls: Sequence[Call], storage: Storage, liveness: Liveness) -> None:
    """Place outputs of elementwise calls in the memory of an input that dies there."""
    reads = _LastReads(storage, liveness)
    for step, call in enumerate(calls):
        if not call.elementwise or not storage.fills_its_root(call.output.tensor):
            continue
        for operand in call.inputs:
            if _may_take(call, step, operand.tensor, storage, reads):
                reads.put(call.output.tensor, operand.tensor)
                break


def _may_take(call: Call, step: int, tensor: int, storage: Storage, reads: _LastReads) -> bool:
    graph = storage.graph
    source, output = graph.tensors[tensor], graph.tensors[call.output.tensor]
    if source.shape != output.shape or source.dtype != output.dtype:
        return False
    if storage.is_constant(tensor):
        return False
    # Another operand may be the same memory, element by element, but no other part of it.
    here = storage.place(tensor)
    return reads.of(tensor) <= step and all(
        storage.place(other.tensor) == here or not storage.overlap(other.tensor, tensor)
        for other in call.inputs
    )


@dataclass
class _Line:
    """Tensors of one size in one root: where they begin, in order, and the last read at each."""

    offsets: list[int] = field(default_factory=list)
    last: dict[int, int] = field(default_factory=dict)

    def add(self, offset: int, step: int) -> None:
        if offset not in self.last:
            insort(self.offsets, offset)
        self.last[offset] = max(step, self.last.get(offset, BEFORE_ALL))

    def between(self, low: int, high: int) -> int:
        """The last read of those that begin after `low` and before `high`."""
        found = self.offsets[bisect_right(self.offsets, low) : bisect_left(self.offsets, high)]
        return max((self.last[offset] for offset in found), default=BEFORE_ALL)


class _LastReads:
    """When somebody reads a tensor's bytes last, whatever tensor they are read as.

    The tensors of a root are kept by size and place: a chain of thousands that write over one
    another is one place.
    """

    def __init__(self, storage: Storage, liveness: Liveness) -> None:
        self._storage, self._liveness = storage, liveness
        self._roots: dict[int, dict[int, _Line]] = {}

    def of(self, tensor: int) -> int:
        """The call; BEFORE_ALL if there is none."""
        place, size = self._storage.place(tensor), self._storage.size(tensor)
        lines = self._lines(place.root)
        ends = place.offset + size
        return max(line.between(place.offset - each, ends) for each, line in lines.items())

    def put(self, output: int, target: int) -> None:
        """Place a tensor that fills its root, with all in it, where another one is."""
        root = self._storage.place(output).root
        moved = self._storage.members(root)
        self._roots.pop(root, None)
        lines = self._lines(self._storage.place(target).root)
        self._storage.put(output, self._storage.place(target))
        self._add(lines, moved)

    def _lines(self, root: int) -> dict[int, _Line]:
        if root not in self._roots:
            self._roots[root] = {}
            self._add(self._roots[root], self._storage.members(root))
        return self._roots[root]

    def _add(self, lines: dict[int, _Line], tensors: Sequence[int]) -> None:
        for tensor in tensors:
            line = lines.setdefault(self._storage.size(tensor), _Line())
            line.add(self._storage.place(tensor).offset, self._liveness.last_read(tensor))
