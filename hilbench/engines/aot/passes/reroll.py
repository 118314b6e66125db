"""Finds the loops that a graph's author unrolled: the same operators again and again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np
import numpy.typing as npt

from hilbench.engines.aot.program import (
    Call,
    Constant,
    Loop,
    Operand,
    Pointer,
    Segment,
    Struct,
    Value,
)
from hilbench.engines.aot.storage import Storage

# Bytes of flash on a Cortex-M, near enough to choose by: a call and each of its arguments, a
# field of its parameters in flash, and the code that fills in a field within a loop.
_CALL, _ARGUMENT, _FIELD, _FILL = 6, 5, 4, 6

# A loop reads its constants from a table and is a little slower than straight code, and
# straight code is easier to read: below this many bytes it is not worth it.
_WORTH = 512
_CANDIDATES = 8  # periods that are looked at closely, those with most calls first

_Kinds = npt.NDArray[np.int64]


def reroll(calls: Sequence[Call], storage: Storage) -> tuple[Segment, ...]:
    """The same calls in the same order, as straight runs and loops.

    Only the text becomes shorter: a loop stands for exactly its calls, so it
    changes neither a result nor the memory plan. Calls repeat when they are of
    one operator on tensors of the same types; what else differs from trip to
    trip (scales, weights, addresses, now and then the kernel) goes into a table.
    """
    numbers: dict[object, int] = {}
    kinds = [numbers.setdefault(_kind(call, storage), len(numbers)) for call in calls]
    return tuple(_segments(calls, np.array(kinds, np.int64), 0))


def variants(calls: Sequence[Call]) -> list[int]:
    """Numbers of calls at one position of a loop: equal for calls that one statement stands for."""
    numbers: dict[object, int] = {}
    return [numbers.setdefault(_form_of(call), len(numbers)) for call in calls]


def _segments(calls: Sequence[Call], kinds: _Kinds, first: int) -> Iterator[Segment]:
    """Segments of the calls whose kinds these are, numbered from `first` on."""
    for found in _candidates(kinds, first):
        if _saved(calls, found) >= _WORTH and not _has_shorter_loops(calls, kinds, first, found):
            yield from _segments(calls, kinds[: found.first - first], first)
            yield found
            yield from _segments(calls, kinds[found.end - first :], found.end)
            return
    if len(kinds):
        yield range(first, first + len(kinds))


def _has_shorter_loops(calls: Sequence[Call], kinds: _Kinds, first: int, loop: Loop) -> bool:
    """Whether loops within its body leave fewer statements, even once for each trip.

    The two directions of an unrolled bidirectional layer are two trips of a body of all steps.
    """
    start = loop.first - first
    body = _segments(calls, kinds[start : start + loop.period], loop.first)
    statements = sum(part.period if isinstance(part, Loop) else len(part) for part in body)
    return loop.trips * statements < loop.period


def _candidates(kinds: _Kinds, first: int) -> list[Loop]:
    """Repetitions of the same kinds, those that stand for most calls first."""
    found: list[Loop] = []
    for period in range(1, len(kinds) // 2 + 1):
        start, length = _longest_run(kinds[period:] == kinds[:-period])
        if length >= period:
            found.append(Loop(first + start, period, length // period + 1))
    found.sort(key=lambda loop: (-(loop.trips - 1) * loop.period, loop.period))
    return found[:_CANDIDATES]


def _longest_run(same: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """(start, length) of the longest run of true elements."""
    padded = np.concatenate(([False], same, [False])).astype(np.int8)
    edges = np.flatnonzero(np.diff(padded))
    if not len(edges):
        return 0, 0
    lengths = edges[1::2] - edges[::2]
    longest = int(lengths.argmax())
    return int(edges[2 * longest]), int(lengths[longest])


def _saved(calls: Sequence[Call], loop: Loop) -> int:
    """Bytes of flash that the loop saves, roughly."""
    saved = 0
    for position in range(loop.period):
        same = [calls[step] for step in loop.steps(position)]
        arguments = 1 + len(same[0].inputs) + len(same[0].outputs)
        code = _CALL + arguments * _ARGUMENT
        structs = {_frozen(call.params): len(call.params.fields) for call in same}
        saved += (loop.trips - 1) * code + sum(structs.values()) * _FIELD
        saved -= _parameters_bytes(same)
    return saved


def _parameters_bytes(same: Sequence[Call]) -> int:
    """Of the fields that differ between these calls in a table, and the code that reads it."""
    names = same[0].params.fields.keys()
    columns = [{_frozen(call.params.fields.get(name)) for call in same} for name in names]
    varying = sum(len(column) > 1 for column in columns)
    if not varying:
        return len(names) * _FIELD
    return varying * len(same) * _FIELD + len(names) * _FILL


def _kind(call: Call, storage: Storage) -> object:
    """Equal for two calls that may be at the same position of a loop."""

    def operand(found: Operand) -> tuple[object, ...]:
        tensor = storage.graph.tensors[found.tensor]
        return tensor.dtype, tensor.shape, storage.is_constant(found.tensor)

    operands = tuple(operand(found) for found in (*call.inputs, *call.outputs))
    whole = None if call.repeat is None else id(call)  # a loop is like no other
    return call.operator.name, operands, call.scratch > 0, whole


def _form_of(call: Call) -> object:
    """Equal for two calls that differ only in what a table can hold."""
    fields = tuple((name, _form(value)) for name, value in call.params.fields.items())
    return call.kernel, call.header, call.params.tag, fields


def _form(value: Value) -> object:
    """What of a field must be the same in every trip."""
    if isinstance(value, Constant):
        return Constant, value.data.dtype.name
    if isinstance(value, Pointer):
        return Pointer, value.target.tag
    if isinstance(value, int | float | np.number):
        return float if isinstance(value, float | np.floating) else int
    return _frozen(value)


def _frozen(value: Value) -> object:
    """A hashable value that is equal for equal values."""
    if isinstance(value, Constant):
        return value.data.dtype.name, hashlib.sha256(value.data.tobytes()).digest()
    if isinstance(value, Pointer):
        return _frozen(value.target)
    if isinstance(value, Struct):
        return value.tag, tuple((name, _frozen(field)) for name, field in value.fields.items())
    if isinstance(value, np.ndarray):
        return value.dtype.name, value.tobytes()
    return cast(object, value)
