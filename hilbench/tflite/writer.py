"""A flatbuffer built from parts, in which equal parts are stored once.

The official builder writes whatever it is given again each time; a network that
repeats itself, as an unrolled one does, then repeats its shapes, scales and
options thousands of times. Here a part is known by its content: adding an equal
one returns the same part. The format allows several offsets to one target.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Part = int
"""A vector, string or table; later parts refer to earlier ones."""

_OFFSET = struct.Struct("<I")
_SIGNED_OFFSET = struct.Struct("<i")
_HEADER_BYTES = 8


@dataclass(frozen=True)
class _Chunk:
    """Bytes to place so that the one at `anchor` is aligned to `align`.

    `links` are the places of offsets in it and the parts they lead to; a table
    has a `vtable`, whose distance goes into the first four bytes.
    """

    data: bytes
    align: int
    anchor: int = 0
    links: tuple[tuple[int, Part], ...] = ()
    vtable: bytes = b""


class Writer:
    """Collects parts; `file` gives the bytes."""

    def __init__(self) -> None:
        self._parts: dict[_Chunk, Part] = {}

    def vector(self, content: bytes, item: int, align: int) -> Part:
        """A vector of scalars of `item` bytes, the first one aligned to `align`."""
        data = _OFFSET.pack(len(content) // item) + content
        return self._add(_Chunk(data, max(align, _OFFSET.size), anchor=_OFFSET.size))

    def text(self, content: bytes) -> Part:
        """A string; flatbuffers put a zero behind it."""
        data = _OFFSET.pack(len(content)) + content + b"\0"
        return self._add(_Chunk(data, _OFFSET.size))

    def tables(self, parts: Sequence[Part]) -> Part:
        """A vector of tables."""
        data = _OFFSET.pack(len(parts)) + bytes(4 * len(parts))
        links = tuple((4 + 4 * index, part) for index, part in enumerate(parts))
        return self._add(_Chunk(data, _OFFSET.size, links=links))

    def table(self, fields: Mapping[int, bytes | Part]) -> Part:
        """A table: bytes of scalars (1, 2, 4 or 8) and other parts, by field number."""
        sizes = {n: len(v) if isinstance(v, bytes) else _OFFSET.size for n, v in fields.items()}
        order = sorted(fields, key=lambda number: (-sizes[number], number))
        data, links, offsets = bytearray(_OFFSET.size), [], [0] * (max(fields, default=-1) + 1)
        for number in order:
            value = fields[number]
            offsets[number] = len(data)
            if isinstance(value, bytes):
                data += value
            else:
                links.append((len(data), value))
                data += bytes(_OFFSET.size)
        vtable = struct.pack(f"<{2 + len(offsets)}H", 4 + 2 * len(offsets), len(data), *offsets)
        # Fields go by falling size, so aligning the first one aligns them all.
        align = max([_OFFSET.size, *sizes.values()])
        return self._add(_Chunk(bytes(data), align, _OFFSET.size, tuple(links), vtable))

    def _add(self, chunk: _Chunk) -> Part:
        return self._parts.setdefault(chunk, len(self._parts))

    def file(self, root: Part, identifier: bytes) -> bytes:
        """The flatbuffer of the table `root`, which must be the last part added.

        Offsets lead forward, and parts refer to earlier ones: the last comes first.
        """
        chunks = list(reversed(self._parts))
        out = bytearray(_HEADER_BYTES)
        vtables: dict[bytes, int] = {}
        for chunk in chunks:
            if chunk.vtable and chunk.vtable not in vtables:
                vtables[chunk.vtable] = len(out)
                out += chunk.vtable
        places: dict[Part, int] = {}
        for chunk in chunks:
            out += bytes(-(len(out) + chunk.anchor) % chunk.align)
            places[self._parts[chunk]] = len(out)
            out += chunk.data
        for chunk in chunks:
            place = places[self._parts[chunk]]
            if chunk.vtable:
                _SIGNED_OFFSET.pack_into(out, place, place - vtables[chunk.vtable])
            for offset, target in chunk.links:
                _OFFSET.pack_into(out, place + offset, places[target] - place - offset)
        _OFFSET.pack_into(out, 0, places[root])
        out[4:_HEADER_BYTES] = identifier
        return bytes(out)
