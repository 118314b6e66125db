"""Which tensors share memory: each has a place inside of a root."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from hilbench.tflite.graph import Graph


@dataclass(frozen=True)
class Place:
    """`offset` bytes into the memory of the tensor `root`."""

    root: int
    offset: int


class Storage:
    """A place for every tensor; at first each is its own root.

    Constants, variables and graph inputs are `pinned`: others may be placed
    inside of them, but they never move. Tensors that are `apart` are views of nothing.
    """

    def __init__(self, graph: Graph, apart: Set[int] = frozenset()) -> None:
        self.graph = graph
        self.apart = apart
        self._places = {tensor.index: Place(tensor.index, 0) for tensor in graph.tensors}
        self._sizes = [tensor.bytes for tensor in graph.tensors]
        self._members = {tensor.index: [tensor.index] for tensor in graph.tensors}
        self._pinned = set(graph.inputs)
        self._pinned.update(t.index for t in graph.tensors if t.data is not None or t.is_variable)

    def place(self, tensor: int) -> Place:
        return self._places[tensor]

    def members(self, root: int) -> tuple[int, ...]:
        """The tensors that are inside of a root, itself included."""
        return tuple(self._members[root])

    def size(self, tensor: int) -> int:
        """Bytes."""
        return self._sizes[tensor]

    def overlap(self, one: int, other: int) -> bool:
        """Whether two tensors share at least one byte."""
        first, second = self._places[one], self._places[other]
        return (
            first.root == second.root
            and first.offset < second.offset + self._sizes[other]
            and second.offset < first.offset + self._sizes[one]
        )

    def is_constant(self, tensor: int) -> bool:
        return self.graph.tensors[self._places[tensor].root].data is not None

    def fills_its_root(self, tensor: int) -> bool:
        """Whether the tensor's memory may be given another place as a whole."""
        root = self._places[tensor].root
        return root not in self._pinned and self._sizes[root] == self._sizes[tensor]

    def put(self, tensor: int, target: Place) -> None:
        """Place a tensor that fills its root, and all that is inside of it, at `target`."""
        moved = self._places[tensor].root
        for member in self._members.pop(moved):
            offset = target.offset + self._places[member].offset
            self._places[member] = Place(target.root, offset)
            self._members[target.root].append(member)
