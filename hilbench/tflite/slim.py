"""Drops from a .tflite file what no device reads, and stores equal things once.

The quantizer names each tensor after everything that was fused into it, so
four fifths of an unrolled int8 network are names. Names of tensors and graphs,
signatures, descriptions, calibration ranges and debug data go; what is left is
the same graph, operator by operator, with the same tensors in the same order.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from hilbench.core.errors import FormatError, Unsupported
from hilbench.tflite import references, schema
from hilbench.tflite.flatbuffer import File, Table
from hilbench.tflite.references import Shape
from hilbench.tflite.writer import Part, Writer

_WIDEST_SCALAR = 8

# Metadata that TFLM reads: where an offline planner put each tensor.
_READ_METADATA = "OfflineMemoryAllocation"
# Metadata that counts buffers, which would be wrong once they are shared.
_COMPRESSION = "COMPRESSION_METADATA"


def slim(data: bytes) -> bytes:
    """The same model in as few bytes; any interpreter computes the same with it.

    Constants are aligned to 16 bytes. Raises FormatError for a broken file,
    Unsupported for one with parts that are newer than the schema hilbench knows
    or that cannot be copied: nothing is dropped without knowing what it is.
    """
    model = File(data).root(schema.FILE_IDENTIFIER)
    version = model.integer(schema.Model.VERSION, "uint32")
    if version != schema.VERSION:
        raise Unsupported(f"schema version {version} of the .tflite file")
    metadata = [entry for entry in model.tables(schema.Model.METADATA) if _is_read(entry)]
    copier = _Copier(model.tables(schema.Model.BUFFERS), _buffers_in_use(model, metadata))
    made: dict[int, Part | None] = {
        schema.Model.BUFFERS: copier.buffers,
        schema.Model.METADATA: copier.tables(metadata, references.METADATA) if metadata else None,
    }
    root = copier.table(model, references.MODEL, made)
    return copier.writer.file(root, schema.FILE_IDENTIFIER)


def _is_read(metadata: Table) -> bool:
    name = metadata.string(schema.Metadata.NAME)
    if name == _COMPRESSION:
        raise Unsupported("slim: a file with compressed tensors")
    return name == _READ_METADATA


def _buffers_in_use(model: Table, metadata: Sequence[Table]) -> list[int]:
    """Numbers of the buffers that something refers to, and 0, which must stay the empty one."""
    numbers = {entry.integer(schema.Metadata.BUFFER, "uint32") for entry in metadata}
    for subgraph in model.tables(schema.Model.SUBGRAPHS):
        for tensor in subgraph.tables(schema.SubGraph.TENSORS):
            numbers.add(tensor.integer(schema.Tensor.BUFFER, "uint32"))
    return sorted(numbers | {0})


class _Copier:
    """Copies tables into `writer`, with the buffers in use renumbered."""

    def __init__(self, buffers: Sequence[Table], in_use: Sequence[int]) -> None:
        if in_use[-1] >= len(buffers):
            raise FormatError(f"there is no buffer {in_use[-1]}")
        self.writer = Writer()
        copies = {number: self.table(buffers[number], references.BUFFER) for number in in_use}
        distinct = list(dict.fromkeys(copies.values()))
        self.buffers = self.writer.tables(distinct)
        self._numbers = {number: distinct.index(copy) for number, copy in copies.items()}

    def tables(self, tables: Sequence[Table], shape: Shape) -> Part:
        return self.writer.tables([self.table(table, shape) for table in tables])

    def table(
        self, table: Table, shape: Shape, made: Mapping[int, Part | None] = MappingProxyType({})
    ) -> Part:
        """A copy without unread fields; those in `made` are taken from there."""
        fields: dict[int, bytes | Part] = {}
        for number, stored in table.stored().items():
            if number >= shape.fields:
                raise Unsupported(f"slim: field {number} of a table is newer than hilbench")
            if shape.references.get(number) == references.Unread():
                continue
            value = made[number] if number in made else self._field(table, shape, number, stored)
            if value is not None:
                fields[number] = value
        return self.writer.table(fields)

    def _field(
        self, table: Table, shape: Shape, number: int, stored: memoryview
    ) -> bytes | Part | None:
        match shape.references.get(number):
            case None:
                return _scalar(stored, shape.sizes.get(number))
            case references.Vector(item, align):
                return self.writer.vector(bytes(table.span(number, item)), item, align)
            case references.Text():
                return self.writer.text(bytes(table.span(number)))
            case references.BufferNumber():
                return struct.pack("<I", self._numbers[table.integer(number, "uint32")])
            case references.Child(inner):
                child = table.table(number)
                return None if child is None else self.table(child, inner)
            case references.Children(inner):
                return self.tables(table.tables(number), inner)
            case references.Union(shapes):
                return self._union(table, number, shapes)
            case references.Refused(what) if any(stored):
                raise Unsupported(f"slim: {what}")
        return None

    def _union(self, table: Table, number: int, shapes: Mapping[int, Shape]) -> Part | None:
        kind, content = table.integer(number - 1, "uint8"), table.table(number)
        if content is None:
            return None
        if kind not in shapes:
            raise Unsupported(f"slim: options of kind {kind} are newer than hilbench")
        return self.table(content, shapes[kind])


def _scalar(stored: memoryview, size: int | None) -> bytes:
    """A scalar's bytes; where its size is not known, as many as it can have.

    `stored` may end with padding, which does no harm behind a number that is
    little-endian.
    """
    if size is None:
        size = min(_WIDEST_SCALAR, 1 << (len(stored).bit_length() - 1))
    if len(stored) < size:
        raise FormatError("corrupt: a scalar overlaps the field after it")
    return bytes(stored[:size])
