"""Flatbuffers, read with every access checked.

The generated accessors of the official Python package trust the file: a wrong
offset reads unrelated bytes, raises struct.error or IndexError somewhere deep,
or asks for gigabytes. A .tflite can come from anywhere, so hilbench reads the
few tables it needs itself: whatever the bytes are, the answer is a value that
lies inside the file or a FormatError.

Format: https://flatbuffers.dev/internals/ - a table starts with a signed
distance back to its vtable; a vtable holds its own size, the table's size and
one offset per field, 0 for a field that has its default. Offsets to vectors,
strings and tables are unsigned and count from where they are stored.
"""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import Any, NamedTuple

from hilbench.core.errors import FormatError

_SCALARS = {
    "bool": struct.Struct("<?"),
    "int8": struct.Struct("<b"),
    "uint8": struct.Struct("<B"),
    "uint16": struct.Struct("<H"),
    "int32": struct.Struct("<i"),
    "uint32": struct.Struct("<I"),
    "int64": struct.Struct("<q"),
    "uint64": struct.Struct("<Q"),
    "float32": struct.Struct("<f"),
}
_UINT16, _INT32, _UINT32 = _SCALARS["uint16"], _SCALARS["int32"], _SCALARS["uint32"]

# Vectors of a sound file do not overlap, but a writer may share equal ones, as
# hilbench's own does. Copying more than this many times the file means that a
# small file was made to look like a huge one.
_MAX_EXPANSION = 64
_FREE_BYTES = 1 << 16

# Of a vtable, this many fields are remembered: no table of the schema has more.
_KNOWN_FIELDS = 64


class File:
    """The bytes of one flatbuffer."""

    def __init__(self, data: bytes) -> None:
        self.data = memoryview(data)
        self._left_to_copy = _MAX_EXPANSION * len(data) + _FREE_BYTES
        self._vtables: dict[int, Vtable] = {}

    def scalar(self, kind: struct.Struct, position: int) -> int | float:
        if position >= 0:  # a struct takes those below to count from the end
            try:
                value: int | float = kind.unpack_from(self.data, position)[0]
                return value
            except struct.error:
                pass
        raise FormatError(f"truncated or corrupt: offset {position} is outside the file")

    def root(self, identifier: bytes) -> Table:
        """The root table of a file that carries this 4-byte identifier."""
        if bytes(self.data[4:8]) != identifier:
            raise FormatError(f"not a .tflite file: identifier {identifier.decode()} is missing")
        return Table(self, int(self.scalar(_UINT32, 0)))

    def span(self, position: int, item_bytes: int) -> memoryview:
        """The contents of the vector whose length is stored at `position`."""
        length = int(self.scalar(_UINT32, position))
        start, size = position + 4, length * item_bytes
        if start + size > len(self.data):
            raise FormatError(
                f"truncated or corrupt: {length} elements at {position} exceed the file"
            )
        return self.data[start : start + size]

    def vtable(self, position: int) -> Vtable:
        """That at `position`; most tables of a kind share one."""
        if position not in self._vtables:
            self._vtables[position] = self._vtable(position)
        return self._vtables[position]

    def _vtable(self, position: int) -> Vtable:
        length = int(self.scalar(_UINT16, position))
        size = int(self.scalar(_UINT16, position + 2))
        if length < 4 or position + length > len(self.data):
            raise FormatError(f"corrupt: impossible vtable at offset {position}")
        fields = (length - 4) // 2
        first = struct.unpack_from(f"<{min(fields, _KNOWN_FIELDS)}H", self.data, position + 4)
        return Vtable(position, size, fields, first)

    def charge(self, size: int) -> None:
        """Account for `size` bytes about to be copied out of the file."""
        self._left_to_copy -= size
        if self._left_to_copy < 0:
            raise FormatError("corrupt: vectors overlap far beyond the size of the file")


class Vtable(NamedTuple):
    """The layout of tables: bytes of one, how many fields it has, where the first ones are."""

    position: int
    size: int
    fields: int
    offsets: tuple[int, ...]


class Table:
    """One table; a field is addressed by its number in the schema."""

    __slots__ = ("_file", "_position", "_vtable")

    def __init__(self, file: File, position: int) -> None:
        vtable = file.vtable(position - int(file.scalar(_INT32, position)))
        if vtable.size < 4 or position + vtable.size > len(file.data):
            raise FormatError(f"corrupt: impossible table at offset {position}")
        file.charge(vtable.size)
        self._file = file
        self._position = position
        self._vtable = vtable

    def stored(self) -> dict[int, memoryview]:
        """The bytes of each field that is present, with the padding behind it."""
        self._file.charge(2 * self._vtable.fields)
        places = [self._locate(field, 1) for field in range(self._vtable.fields)]
        present = {field: place for field, place in enumerate(places) if place is not None}
        ends = sorted({*present.values(), self._position + self._vtable.size})
        following = dict(pairwise(ends))
        return {
            field: self._file.data[place : following[place]] for field, place in present.items()
        }

    def _locate(self, field: int, size: int) -> int | None:
        """Where the field's bytes are, all inside of the table, or None where it is absent."""
        vtable = self._vtable
        if field >= vtable.fields:
            return None
        if field < _KNOWN_FIELDS:
            offset = vtable.offsets[field]
        else:
            offset = int(self._file.scalar(_UINT16, vtable.position + 4 + 2 * field))
        if offset == 0:
            return None
        if offset < 4 or offset + size > vtable.size:
            raise FormatError(f"corrupt: field {field} lies outside its table")
        return self._position + offset

    def _target(self, field: int) -> int | None:
        """Where the vector, string or table that the field refers to starts."""
        position = self._locate(field, _UINT32.size)
        if position is None:
            return None
        return position + int(self._file.scalar(_UINT32, position))

    def _number(self, field: int, kind: str, default: int | float) -> int | float:
        scalar = _SCALARS[kind]
        position = self._locate(field, scalar.size)
        if position is None:
            return default
        value: int | float = scalar.unpack_from(self._file.data, position)[0]
        return value

    def integer(self, field: int, kind: str, default: int = 0) -> int:
        """`kind` is bool or one of the integer types of the schema."""
        return int(self._number(field, kind, default))

    def real(self, field: int, default: float = 0.0) -> float:
        return float(self._number(field, "float32", default))

    def span(self, field: int, item_bytes: int = 1) -> memoryview:
        """The bytes of a vector without a copy; empty where it is absent."""
        target = self._target(field)
        return memoryview(b"") if target is None else self._file.span(target, item_bytes)

    def _vector(self, field: int, kind: str) -> tuple[Any, ...]:
        scalar = _SCALARS[kind]
        span = self.span(field, scalar.size)
        self._file.charge(len(span))
        return struct.unpack(f"<{len(span) // scalar.size}{scalar.format[1:]}", span)

    def integers(self, field: int, kind: str = "int32") -> tuple[int, ...]:
        """`kind` is one of the integer types of the schema."""
        return self._vector(field, kind)

    def reals(self, field: int) -> tuple[float, ...]:
        return self._vector(field, "float32")

    def string(self, field: int) -> str:
        """A string; bytes that are not UTF-8 are replaced, a name decides nothing."""
        span = self.span(field)
        self._file.charge(len(span))
        return bytes(span).decode(errors="replace")

    def table(self, field: int) -> Table | None:
        target = self._target(field)
        return None if target is None else Table(self._file, target)

    def tables(self, field: int) -> tuple[Table, ...]:
        """A vector of tables; each element is an offset from its own place."""
        target = self._target(field)
        if target is None:
            return ()
        offsets = [item[0] for item in _UINT32.iter_unpack(self._file.span(target, 4))]
        self._file.charge(4 * len(offsets))
        places = [target + 4 + 4 * index + offset for index, offset in enumerate(offsets)]
        return tuple(Table(self._file, place) for place in places)
