"""Which fields of the schema's tables lead out of their table, and to what.

Enough to copy a .tflite file without knowing what its fields mean: a field that
is not named here holds a scalar, and one beyond `fields` is of a newer schema.
Source: schema.fbs, as for schema.py; a test compares this with the accessors
that TensorFlow ships.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from hilbench.tflite import schema


@dataclass(frozen=True)
class Vector:
    """Scalars of `item` bytes each, the first of them aligned to `align` bytes."""

    item: int
    align: int


@dataclass(frozen=True)
class Text:
    """A string, with its terminating zero."""


@dataclass(frozen=True)
class BufferNumber:
    """The number of one of the model's buffers."""


@dataclass(frozen=True)
class Unread:
    """Whatever it is, no interpreter on a device reads it."""


@dataclass(frozen=True)
class Refused:
    """Something that a file for a microcontroller does not have, in words; 0 means absent."""

    what: str


@dataclass(frozen=True)
class Child:
    """A table."""

    shape: Shape


@dataclass(frozen=True)
class Children:
    """A vector of tables."""

    shape: Shape


@dataclass(frozen=True)
class Union:
    """A table whose kind is the number in the field before it."""

    shapes: Mapping[int, Shape]


Reference: TypeAlias = Vector | Text | BufferNumber | Child | Children | Union | Unread | Refused


@dataclass(frozen=True)
class Shape:
    """A table: how many fields it can have, and which of them are references.

    `sizes` gives the bytes of scalars that are worth storing tightly.
    """

    fields: int
    references: Mapping[int, Reference] = field(default_factory=dict)
    sizes: Mapping[int, int] = field(default_factory=dict)


_BYTES = Vector(1, align=1)
_INT32 = Vector(4, align=4)
_FLOAT32 = Vector(4, align=4)
_INT64 = Vector(8, align=8)
# TFLM and TFLite use constants where they lie; their kernels need this alignment.
_CONSTANT = Vector(1, align=16)

_ANY_SCALARS = Shape(fields=64)
_LAST_OPTIONS = 126

OPTIONS: dict[int, Shape] = {
    **dict.fromkeys(range(1, _LAST_OPTIONS + 1), _ANY_SCALARS),
    schema.OPTIONS["RESHAPE"].number: Shape(1, {0: _INT32}),
    schema.OPTIONS["SQUEEZE"].number: Shape(1, {0: _INT32}),
    3: Shape(3, {1: _INT32, 2: _INT32}),  # ConcatEmbeddingsOptions
    111: Shape(2, {0: Text(), 1: Text()}),  # VarHandleOptions
    115: Shape(1, {0: _FLOAT32}),  # BucketizeOptions
}

QUANTIZATION = Shape(
    7,
    {
        schema.QuantizationParameters.MIN: Unread(),
        schema.QuantizationParameters.MAX: Unread(),
        schema.QuantizationParameters.SCALE: _FLOAT32,
        schema.QuantizationParameters.ZERO_POINT: _INT64,
        schema.QuantizationParameters.DETAILS: Refused("custom quantization"),
    },
)

TENSOR = Shape(
    11,
    {
        schema.Tensor.SHAPE: _INT32,
        schema.Tensor.BUFFER: BufferNumber(),
        schema.Tensor.NAME: Unread(),
        schema.Tensor.QUANTIZATION: Child(QUANTIZATION),
        schema.Tensor.SPARSITY: Refused("a sparse tensor"),
        schema.Tensor.SHAPE_SIGNATURE: _INT32,
        schema.Tensor.VARIANT_TENSORS: Refused("a variant tensor"),
        schema.Tensor.EXTERNAL_BUFFER: Refused("a constant in another file"),
    },
    {schema.Tensor.TYPE: 1, schema.Tensor.IS_VARIABLE: 1, schema.Tensor.HAS_RANK: 1},
)

OPERATOR = Shape(
    14,
    {
        schema.Operator.INPUTS: _INT32,
        schema.Operator.OUTPUTS: _INT32,
        schema.Operator.BUILTIN_OPTIONS: Union(OPTIONS),
        schema.Operator.CUSTOM_OPTIONS: Vector(1, align=16),
        schema.Operator.MUTATING_VARIABLE_INPUTS: _BYTES,
        schema.Operator.INTERMEDIATES: _INT32,
        schema.Operator.LARGE_CUSTOM_OPTIONS_OFFSET: Refused("options behind the flatbuffer"),
        schema.Operator.BUILTIN_OPTIONS_2: Refused("a StableHLO operator"),
        schema.Operator.DEBUG_METADATA_INDEX: Unread(),
    },
    {schema.Operator.BUILTIN_OPTIONS_TYPE: 1},
)

OPERATOR_CODE = Shape(4, {schema.OperatorCode.CUSTOM_CODE: Text()})

BUFFER = Shape(
    3,
    {
        schema.Buffer.DATA: _CONSTANT,
        schema.Buffer.OFFSET: Refused("a constant behind the flatbuffer"),
    },
)

SUBGRAPH = Shape(
    6,
    {
        schema.SubGraph.TENSORS: Children(TENSOR),
        schema.SubGraph.INPUTS: _INT32,
        schema.SubGraph.OUTPUTS: _INT32,
        schema.SubGraph.OPERATORS: Children(OPERATOR),
        schema.SubGraph.NAME: Unread(),
        schema.SubGraph.DEBUG_METADATA_INDEX: Unread(),
    },
)

METADATA = Shape(2, {schema.Metadata.NAME: Text(), schema.Metadata.BUFFER: BufferNumber()})

MODEL = Shape(
    10,
    {
        schema.Model.OPERATOR_CODES: Children(OPERATOR_CODE),
        schema.Model.SUBGRAPHS: Children(SUBGRAPH),
        schema.Model.DESCRIPTION: Unread(),
        schema.Model.BUFFERS: Children(BUFFER),
        schema.Model.METADATA_BUFFER: Unread(),
        schema.Model.METADATA: Children(METADATA),
        schema.Model.SIGNATURE_DEFS: Unread(),
        schema.Model.EXTERNAL_BUFFER_GROUPS: Unread(),
        schema.Model.EXTERNAL_BUFFERS: Unread(),
    },
)
