"""Which constants an image copies to RAM before it first needs them.

A core waits for flash: on many chips several cycles for each read of weights that are too many for
a cache. RAM has no such cost, but it is the scarcer memory, so that the choice is the user's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import Enum

import numpy as np

from hilbench.engines.aot.program import Call, Constant, Pointer, Struct, Value
from hilbench.engines.aot.storage import Storage

Key = tuple[object, ...]
"""What is equal for two constants that are emitted once."""


class Placement(Enum):
    """The value is the option in the engine's name."""

    FLASH = ""
    RECURRENT = "recurrent_in_ram"
    ALL = "weights_in_ram"


def key_of(constant: Constant | Struct) -> Key:
    """The key of an array, or of a struct that consists of tables."""
    if isinstance(constant, Constant):
        return constant.data.dtype.name, constant.data.tobytes()
    arrays = [value for value in constant.fields.values() if isinstance(value, np.ndarray)]
    return constant.tag, *(array.tobytes() for array in arrays)


def in_ram(placement: Placement, calls: Iterable[tuple[Storage, Call, bool]]) -> frozenset[Key]:
    """The keys of all constants that are copied.

    `calls` come with the storage of their tensors, and whether they are in a loop.
    Recurrent ones are those that an inference reads more than once: of several calls, or of
    one that works through a sequence.
    """
    if placement is Placement.FLASH:
        return frozenset()
    reads: Counter[Key] = Counter()
    for storage, call, again in calls:
        keys = {key_of(constant) for constant in _constants(storage, call)}
        reads.update(dict.fromkeys(keys, 2 if call.is_recurrent or again else 1))
    least = 1 if placement is Placement.ALL else 2
    return frozenset(key for key, times in reads.items() if times >= least)


def _constants(storage: Storage, call: Call) -> Iterator[Constant | Struct]:
    for operand in call.inputs:
        data = storage.graph.tensors[storage.place(operand.tensor).root].data
        if data is not None:
            yield Constant("constant", data)
    yield from _inside(call.params.fields.values())


def _inside(values: Iterable[Value]) -> Iterator[Constant | Struct]:
    for value in values:
        if isinstance(value, Constant):
            yield value
        found = value.target if isinstance(value, Pointer) else value
        if isinstance(found, Struct):
            if found.is_table:
                yield found
            yield from _inside(found.fields.values())
