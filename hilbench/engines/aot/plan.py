"""The static memory plan: where in the arena each buffer is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

ALIGNMENT = 16

_Bytes = npt.NDArray[np.int64]


def aligned(size: int) -> int:
    """Bytes up to the next aligned offset."""
    return -(-size // ALIGNMENT) * ALIGNMENT


@dataclass(frozen=True)
class Buffer:
    """`size` bytes that hold values from step `first` to step `last`, both included."""

    size: int
    first: int
    last: int

    def lives_with(self, other: Buffer) -> bool:
        return self.first <= other.last and other.first <= self.last

    @property
    def reserved(self) -> int:
        """Bytes with the padding up to the next aligned offset."""
        return aligned(self.size)


@dataclass(frozen=True)
class Plan:
    """Offsets of the buffers, in their order.

    `lower_bound` is the most that lives at one time: no plan of these buffers
    is smaller, so `size - lower_bound` is what fragmentation costs.
    """

    offsets: tuple[int, ...]
    size: int
    lower_bound: int


_Order = Callable[[Buffer], tuple[int, int]]
_ORDERS: tuple[_Order, ...] = (
    lambda buffer: (-buffer.reserved, buffer.first),
    lambda buffer: (-buffer.reserved * (buffer.last - buffer.first + 1), buffer.first),
    lambda buffer: (buffer.first, -buffer.reserved),
)


def plan(buffers: Sequence[Buffer]) -> Plan:
    """Offsets (multiples of ALIGNMENT) such that no two live buffers overlap.

    Optimal placement is NP-hard (dynamic storage allocation). Greedy placement
    by size comes close (Pisarchyk and Lee, "Efficient Memory Management for
    Deep Neural Net Inference", arXiv 2001.03288, section 5.2); two other orders
    are tried as well, and the smallest arena is taken.
    """
    bound = _most_live_bytes(buffers)
    best: list[int] | None = None
    best_size = 0
    for order in _ORDERS:
        offsets = _place(buffers, order)
        size = max((o + b.reserved for o, b in zip(offsets, buffers, strict=True)), default=0)
        if best is None or size < best_size:
            best, best_size = offsets, size
        if best_size == bound:
            break
    return Plan(tuple(best or ()), best_size, bound)


def _place(buffers: Sequence[Buffer], order: _Order) -> list[int]:
    """One buffer after the other into the smallest gap that it fits."""
    offsets = [0] * len(buffers)
    # By offset: where each buffer begins, where it ends, and its first and last step. Arrays,
    # since thousands of tensors that live at once are compared each with each.
    placed = np.empty((4, 0), np.int64)
    for index in sorted(range(len(buffers)), key=lambda i: order(buffers[i])):
        buffer = buffers[index]
        starts, stops, first, last = placed
        live = (first <= buffer.last) & (buffer.first <= last)
        offset = _best_gap(buffer.reserved, starts[live], stops[live])
        row = (offset, offset + buffer.reserved, buffer.first, buffer.last)
        placed = np.insert(placed, np.searchsorted(starts, offset, "right"), row, axis=1)
        offsets[index] = offset
    return offsets


def _best_gap(size: int, starts: _Bytes, stops: _Bytes) -> int:
    """Where the smallest gap of at least `size` is between intervals sorted by start."""
    ends = np.maximum.accumulate(np.concatenate(([0], stops)))
    gaps = starts - ends[:-1]
    found = np.flatnonzero(gaps >= size)
    return int(ends[found[np.argmin(gaps[found])]] if found.size else ends[-1])


def _most_live_bytes(buffers: Sequence[Buffer]) -> int:
    """The largest sum of buffers that live at the same step."""
    changes: dict[int, int] = {}
    for buffer in buffers:
        changes[buffer.first] = changes.get(buffer.first, 0) + buffer.reserved
        changes[buffer.last + 1] = changes.get(buffer.last + 1, 0) - buffer.reserved
    live = most = 0
    for step in sorted(changes):
        live += changes[step]
        most = max(most, live)
    return most
