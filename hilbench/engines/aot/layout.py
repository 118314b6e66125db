"""From steps to calls with addresses: placing, reusing and planning in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hilbench.engines.aot.liveness import Liveness
from hilbench.engines.aot.passes.inplace import reuse_inputs
from hilbench.engines.aot.passes.place import place
from hilbench.engines.aot.plan import Buffer, Plan, plan
from hilbench.engines.aot.program import Call, Step
from hilbench.engines.aot.storage import Storage
from hilbench.tflite.graph import Graph


@dataclass(frozen=True)
class Layout:
    """The calls of a model, and where its tensors are.

    `buffers` and `plan.offsets` belong together; the buffer of root tensor r
    is number `numbers[r]`.
    """

    graph: Graph
    calls: tuple[Call, ...]
    storage: Storage
    numbers: dict[int, int]
    buffers: tuple[Buffer, ...]
    plan: Plan
    keeps_inputs: bool

    def arena_offset(self, tensor: int) -> int:
        """Where a tensor that is not a constant begins in the arena, in bytes."""
        place = self.storage.place(tensor)
        return self.plan.offsets[self.numbers[place.root]] + place.offset


def lay_out(graph: Graph, steps: Sequence[Step], *, keep_inputs: bool) -> Layout:
    """A memory plan for these steps in this order; inputs may be written over unless kept."""
    storage = Storage(graph)
    calls = place(steps, storage)
    liveness = Liveness(graph, calls, keep_inputs=keep_inputs)
    reuse_inputs(calls, storage, liveness)
    buffers = liveness.buffers(storage)
    return Layout(
        graph,
        calls,
        storage,
        {root: number for number, root in enumerate(buffers)},
        tuple(buffers.values()),
        plan(tuple(buffers.values())),
        keep_inputs,
    )
