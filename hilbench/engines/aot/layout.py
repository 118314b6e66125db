"""From steps to calls with addresses: placing, reusing and planning in their order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from hilbench.engines.aot.liveness import Liveness
from hilbench.engines.aot.lower import lower
from hilbench.engines.aot.passes.curves import join_curves
from hilbench.engines.aot.passes.inplace import reuse_inputs
from hilbench.engines.aot.passes.pairs import pair_products
from hilbench.engines.aot.passes.place import place
from hilbench.engines.aot.passes.schedule import deepest_first
from hilbench.engines.aot.passes.spare import choices_first
from hilbench.engines.aot.passes.sums import join_sums
from hilbench.engines.aot.passes.tables import join_tables
from hilbench.engines.aot.plan import Buffer, Plan, plan
from hilbench.engines.aot.program import Call, Step
from hilbench.engines.aot.storage import Storage
from hilbench.tflite.graph import Graph


@dataclass(frozen=True)
class Layout:
    """The calls of a model, and where its tensors are.

    `buffers` and `plan.offsets` belong together; the buffer of root tensor r
    is number `numbers[r]`, the scratch of call c is number `scratches[c]`.
    """

    graph: Graph
    calls: tuple[Call, ...]
    storage: Storage
    numbers: dict[int, int]
    scratches: dict[int, int]
    buffers: tuple[Buffer, ...]
    plan: Plan
    keeps_inputs: bool

    def kernel_calls(self, *, again: bool = False) -> Iterator[tuple[Storage, Call, bool]]:
        """All calls of kernels, with the storage of their tensors, and whether they are repeated.

        In place of loops it has the calls that these make.
        """
        for call in self.calls:
            if call.repeat is None:
                yield self.storage, call, again
                continue
            yield from call.repeat.condition.kernel_calls(again=True)
            yield from call.repeat.trip.kernel_calls(again=True)

    def arena_offset(self, tensor: int) -> int:
        """Where a tensor that is not a constant begins in the arena, in bytes."""
        place = self.storage.place(tensor)
        return self.plan.offsets[self.numbers[place.root]] + place.offset

    def scratch_offset(self, call: int) -> int:
        """Where the scratch of a call that needs one begins in the arena, in bytes."""
        return self.plan.offsets[self.scratches[call]]


def lay_out(
    graph: Graph, steps: Sequence[Step], kept: Collection[int], *, outside: bool = False
) -> Layout:
    """A memory plan for these steps in this order; inputs may be written over unless kept.

    With `outside` the inputs have memory of somebody else's.
    """
    storage, calls, liveness = _placed(graph, steps, kept)
    reuse_inputs(calls, storage, liveness)
    tensors = liveness.buffers(storage)
    if outside:
        tensors = {root: found for root, found in tensors.items() if root not in graph.inputs}
    scratches = {s: Buffer(call.scratch, s, s) for s, call in enumerate(calls) if call.scratch}
    buffers = (*tensors.values(), *scratches.values())
    return Layout(
        graph,
        calls,
        storage,
        {root: number for number, root in enumerate(tensors)},
        {step: number for number, step in enumerate(scratches, start=len(tensors))},
        buffers,
        plan(buffers),
        set(kept) >= set(graph.inputs),
    )


def smallest_layout(graph: Graph, kept: Sequence[Collection[int]], *, outside: bool) -> Layout:
    """What needs least memory: the file's order of operators or another, `kept` one or the other.

    Raises Unsupported.
    """
    graph, steps = join_curves(*join_tables(graph, lower(graph)))
    layouts = [
        lay_out(*join_sums(*pair_products(ordered, steps)), inputs, outside=outside)
        for inputs in kept
        for ordered in map(choices_first, (graph, deepest_first(graph)))
    ]
    return min(layouts, key=lambda layout: layout.plan.size)


def _placed(
    graph: Graph, steps: Sequence[Step], kept: Collection[int]
) -> tuple[Storage, tuple[Call, ...], Liveness]:
    """Tensors share memory, but for parts of a variable that must outlive its old value."""
    apart: set[int] = set()
    while True:
        storage = Storage(graph, frozenset(apart))
        calls = place(steps, storage)
        liveness = Liveness(graph, calls, kept)
        outlived = liveness.outlived(calls, storage) - apart
        if not outlived:
            return storage, calls, liveness
        apart |= outlived
