"""Turns moves into shared memory wherever the elements need not really move."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hilbench.engines.aot.headers import checked
from hilbench.engines.aot.numerics.strides import strided_copy
from hilbench.engines.aot.program import Block, Call, Move, Operand, Step, Struct, Value
from hilbench.engines.aot.storage import Place, Storage
from hilbench.engines.aot.strided import is_run


def place(steps: Sequence[Step], storage: Storage) -> tuple[Call, ...]:
    """The calls that are left, in order; `storage` learns who shares memory.

    Values are written once and never change, so a run of elements that moves
    as a whole can stay where it is: a tensor that is one run of another (RESHAPE,
    UNPACK, SPLIT) becomes a view of it, and a tensor that is a run of a later
    one (PACK, CONCATENATION) is computed right there. What is neither becomes
    a call of `copy`.
    """
    calls: list[Call] = []
    for step in steps:
        if isinstance(step, Call):
            calls.append(step)
            continue
        blocks = [block for block in step.blocks if 0 not in block.shape]
        if step.fill or not step.may_share:
            # Nothing can stay where it is: filling would write over it.
            calls.extend([_fill(step, storage)] if step.fill else [])
            calls.extend(_copy(step, block, storage) for block in blocks)
            continue
        calls.extend(
            _copy(step, block, storage)
            for block in blocks
            if not _as_view(block, storage) and not _as_part(block, storage)
        )
    return tuple(calls)


def _as_view(block: Block, storage: Storage) -> bool:
    """Place the target inside of the source, if it is a run of it."""
    target = storage.graph.tensors[block.target]
    if target.index in storage.apart:
        return False
    if not _is_whole(block.target, block.target_offset, block.target_strides, block, storage):
        return False
    if not is_run(block.shape, block.source_strides):
        return False
    if target.index in storage.graph.outputs and storage.is_constant(block.source):
        return False
    if not storage.fills_its_root(block.target):
        return False
    storage.put(block.target, _inside(block.source, block.source_offset, storage))
    return True


def _as_part(block: Block, storage: Storage) -> bool:
    """Place the source inside of the target, if it is a run of it."""
    if not _is_whole(block.source, block.source_offset, block.source_strides, block, storage):
        return False
    if not is_run(block.shape, block.target_strides):
        return False
    if not storage.fills_its_root(block.source):
        return False
    storage.put(block.source, _inside(block.target, block.target_offset, storage))
    return True


def _is_whole(
    tensor: int, offset: int, strides: Sequence[int], block: Block, storage: Storage
) -> bool:
    """Whether the block is all of the tensor, in its own order."""
    elements = storage.graph.tensors[tensor].elements
    return offset == 0 and math.prod(block.shape) == elements and is_run(block.shape, strides)


def _inside(tensor: int, elements: int, storage: Storage) -> Place:
    """The place of the element with this number of a tensor."""
    place = storage.place(tensor)
    return Place(place.root, place.offset + elements * _item_bytes(tensor, storage))


def _item_bytes(tensor: int, storage: Storage) -> int:
    found = storage.graph.tensors[tensor]
    return found.bytes // found.elements


def _fill(move: Move, storage: Storage) -> Call:
    target = storage.graph.tensors[move.operator.outputs[0]]
    fields: dict[str, Value] = {
        "count": target.elements,
        "item_bytes": len(move.fill),
        "value": tuple(move.fill.ljust(8, b"\0")),
    }
    return Call(
        move.operator,
        "hb_fill",
        "fill.h",
        Struct("hb_fill_params", fields),
        (),
        Operand(target.index),
    )


def _copy(move: Move, block: Block, storage: Storage) -> Call:
    item = _item_bytes(block.source, storage)
    geometry = strided_copy(
        block.shape,
        [stride * item for stride in block.source_strides],
        [stride * item for stride in block.target_strides],
        item,
    )
    call = Call(
        move.operator,
        "hb_copy",
        "copy.h",
        Struct("hb_copy_params", vars(geometry)),
        (Operand(block.source, block.source_offset * item),),
        Operand(block.target, block.target_offset * item),
    )
    return checked(call)
