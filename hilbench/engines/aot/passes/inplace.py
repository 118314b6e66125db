"""Lets elementwise operators write over an input that nobody reads again."""

from __future__ import annotations

from collections.abc import Sequence

from hilbench.engines.aot.liveness import Liveness
from hilbench.engines.aot.program import Call
from hilbench.engines.aot.storage import Storage


def reuse_inputs(calls: Sequence[Call], storage: Storage, liveness: Liveness) -> None:
    """Place outputs of elementwise calls in the memory of an input that dies there."""
    for step, call in enumerate(calls):
        if not call.elementwise or not storage.fills_its_root(call.output.tensor):
            continue
        for operand in call.inputs:
            if _may_take(call, step, operand.tensor, storage, liveness):
                storage.put(call.output.tensor, storage.place(operand.tensor))
                break


def _may_take(call: Call, step: int, tensor: int, storage: Storage, liveness: Liveness) -> bool:
    graph = storage.graph
    source, output = graph.tensors[tensor], graph.tensors[call.output.tensor]
    if source.shape != output.shape or source.dtype != output.dtype:
        return False
    if storage.is_constant(tensor):
        return False
    overlapping = storage.overlapping(tensor)
    if any(liveness.last_read(other) > step for other in overlapping):
        return False
    # Another operand may be the same memory, element by element, but no other part of it.
    here = storage.place(tensor)
    return all(
        storage.place(other.tensor) == here or other.tensor not in overlapping
        for other in call.inputs
    )
