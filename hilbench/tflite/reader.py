"""Reads a .tflite file into a Graph.

Everything that the file claims is checked here, so that what comes out needs
no second look: indices are in range, constants have the size that shape and
type ask for, quantization fits the tensor, operators are in order.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from hilbench.core import files
from hilbench.core.errors import FormatError, Unsupported
from hilbench.tflite import schema
from hilbench.tflite.calls import check_calls
from hilbench.tflite.flatbuffer import File, Table
from hilbench.tflite.graph import DTYPE_BITS, Graph, Operator, OptionValue, Quantization, Tensor
from hilbench.tflite.order import check_order

LARGEST_FILE = 512 * files.MIB
_MAX_RANK = 8
_INTEGER_RANGES = {"int8": (-128, 127), "uint8": (0, 255), "int16": (-32768, 32767)}
_ENUMS = {
    "activation": schema.ACTIVATIONS,
    "padding": schema.PADDINGS,
    "dtype": schema.TENSOR_TYPES,
    "mirror": schema.MIRROR_PAD_MODES,
}


def read(path: Path) -> Graph:
    """The graph in a file.

    Raises FormatError if the file is missing, truncated, corrupt or not a
    .tflite, Unsupported if it is sound but of a kind that hilbench cannot read
    (sparse tensors, another schema version).
    """
    name = path.name
    try:
        data = files.read(path, LARGEST_FILE)
    except (OSError, ValueError) as error:
        raise FormatError(f"{path}: cannot be read: {files.why(error)}") from error
    try:
        return parse(data)
    except FormatError as error:
        raise FormatError(f"{name}: {error.message}") from error
    except Unsupported as error:
        raise Unsupported(f"{name}: {error.message}", remedy=error.remedy) from error


def parse(data: bytes) -> Graph:
    """The graph in the bytes of a .tflite file; raises as `read` does.

    Constants are views of `data`.
    """
    file = File(data)
    model = file.root(schema.FILE_IDENTIFIER)
    version = model.integer(schema.Model.VERSION, "uint32")
    if version != schema.VERSION:
        raise Unsupported(f"schema version {version} of the .tflite file")
    subgraphs = model.tables(schema.Model.SUBGRAPHS)
    if not subgraphs:
        raise FormatError("the file has no subgraph")
    buffers = [_buffer(file, table) for table in model.tables(schema.Model.BUFFERS)]
    codes = [_operator_code(table) for table in model.tables(schema.Model.OPERATOR_CODES)]
    main, *others = (_subgraph(table, buffers, codes) for table in subgraphs)
    check_calls((main, *others))
    return replace(main, subgraphs=tuple(others))


def _subgraph(
    subgraph: Table, buffers: Sequence[memoryview], codes: Sequence[tuple[str, int, bool]]
) -> Graph:
    tensors = tuple(
        _tensor(table, index, buffers)
        for index, table in enumerate(subgraph.tables(schema.SubGraph.TENSORS))
    )
    operators = tuple(
        _operator(table, index, codes, len(tensors))
        for index, table in enumerate(subgraph.tables(schema.SubGraph.OPERATORS))
    )
    inputs = _indices(subgraph, schema.SubGraph.INPUTS, len(tensors), "graph inputs")
    outputs = _indices(subgraph, schema.SubGraph.OUTPUTS, len(tensors), "graph outputs")
    graph = Graph(tensors, operators, inputs, outputs)
    check_order(graph)
    return graph


def _buffer(file: File, table: Table) -> memoryview:
    """The bytes of a buffer, in the flatbuffer or (beyond 2 GB) behind it."""
    offset = table.integer(schema.Buffer.OFFSET, "uint64")
    if offset <= 1:
        return table.span(schema.Buffer.DATA)
    end = offset + table.integer(schema.Buffer.SIZE, "uint64")
    if end > len(file.data):
        raise FormatError("truncated: a buffer behind the flatbuffer exceeds the file")
    return file.data[offset:end]


def _operator_code(table: Table) -> tuple[str, int, bool]:
    """Name, version and whether it is a custom operator.

    Files from before the 128th builtin have only the deprecated byte; newer
    ones repeat a small number in both and clip a large one in the byte to 127.
    """
    code = max(
        table.integer(schema.OperatorCode.DEPRECATED_BUILTIN_CODE, "int8"),
        table.integer(schema.OperatorCode.BUILTIN_CODE, "int32"),
    )
    if not 0 <= code < len(schema.BUILTIN_OPERATORS):
        raise FormatError(f"operator code {code} is not in the schema")
    name = schema.BUILTIN_OPERATORS[code]
    version = table.integer(schema.OperatorCode.VERSION, "int32", 1)
    if name == schema.CUSTOM:
        custom_code = table.string(schema.OperatorCode.CUSTOM_CODE)
        return custom_code or schema.CUSTOM, version, True
    return name, version, False


def _indices(table: Table, field: int, count: int, what: str) -> tuple[int, ...]:
    indices = table.integers(field)
    for index in indices:
        if not 0 <= index < count:
            raise FormatError(f"{what}: there is no tensor {index}")
    return indices


def _tensor(table: Table, index: int, buffers: Sequence[memoryview]) -> Tensor:
    shape = table.integers(schema.Tensor.SHAPE)
    code = table.integer(schema.Tensor.TYPE, "int8")
    if not 0 <= code < len(schema.TENSOR_TYPES):
        raise FormatError(f"tensor {index}: type {code} is not in the schema")
    if len(shape) > _MAX_RANK or any(extent < 0 for extent in shape):
        raise FormatError(f"tensor {index}: impossible shape {list(shape[: _MAX_RANK + 1])}")
    tensor = Tensor(
        index,
        table.string(schema.Tensor.NAME),
        shape,
        schema.TENSOR_TYPES[code],
        is_variable=bool(table.integer(schema.Tensor.IS_VARIABLE, "bool")),
    )
    if table.table(schema.Tensor.SPARSITY) is not None:
        message = f"sparse {tensor.label}: sparse weights are not read"
        raise Unsupported(message, remedy="convert the network without EXPERIMENTAL_SPARSITY")
    buffer = table.integer(schema.Tensor.BUFFER, "uint32")
    if buffer >= len(buffers):
        raise FormatError(f"{tensor.label}: there is no buffer {buffer}")
    return Tensor(
        index,
        tensor.name,
        shape,
        tensor.dtype,
        _quantization(table, tensor),
        _constant(buffers[buffer], tensor),
        tensor.is_variable,
    )


def _constant(buffer: memoryview, tensor: Tensor) -> np.ndarray | None:
    """The data of a constant; None for a tensor that is computed."""
    bits = DTYPE_BITS.get(tensor.dtype)
    if len(buffer) == 0 and (bits is None or tensor.elements > 0):
        return None
    if bits is not None and len(buffer) != tensor.bytes:
        raise FormatError(
            f"{tensor.label}: buffer has {len(buffer)} bytes, the shape needs {tensor.bytes}"
        )
    if bits is None or bits < 8 or tensor.dtype == "bfloat16":
        return np.frombuffer(buffer, np.uint8)
    little_endian = np.dtype(tensor.dtype).newbyteorder("<")
    return np.frombuffer(buffer, little_endian).reshape(tensor.shape)


def _quantization(table: Table, tensor: Tensor) -> Quantization | None:
    found = table.table(schema.Tensor.QUANTIZATION)
    if found is None:
        return None
    scales = found.reals(schema.QuantizationParameters.SCALE)
    if not scales:
        return None
    zero_points = found.integers(schema.QuantizationParameters.ZERO_POINT, "int64")
    zero_points = zero_points or (0,) * len(scales)
    dimension = found.integer(schema.QuantizationParameters.QUANTIZED_DIMENSION, "int32")
    if len(zero_points) != len(scales):
        raise FormatError(f"{tensor.label}: {len(scales)} scales, {len(zero_points)} zero points")
    if not all(math.isfinite(scale) and scale >= 0 for scale in scales):
        raise FormatError(f"{tensor.label}: a scale is negative or not finite")
    lowest, highest = _INTEGER_RANGES.get(tensor.dtype, (-(2**31), 2**31 - 1))
    if not all(lowest <= zero_point <= highest for zero_point in zero_points):
        raise FormatError(f"{tensor.label}: a zero point is outside {tensor.dtype}")
    if len(tensor.shape) == 1:
        dimension = 0  # the only one there is, whatever an old converter wrote
    if len(scales) > 1 and (
        not 0 <= dimension < len(tensor.shape) or tensor.shape[dimension] != len(scales)
    ):
        raise FormatError(f"{tensor.label}: {len(scales)} scales do not fit dimension {dimension}")
    return Quantization(scales, zero_points, dimension)


def _operator(
    table: Table, index: int, codes: Sequence[tuple[str, int, bool]], tensors: int
) -> Operator:
    code = table.integer(schema.Operator.OPCODE_INDEX, "uint32")
    if code >= len(codes):
        raise FormatError(f"operator {index}: there is no operator code {code}")
    name, version, custom = codes[code]
    where = f"operator {index} {name}"
    inputs = table.integers(schema.Operator.INPUTS)
    for tensor in inputs:
        if not -1 <= tensor < tensors:
            raise FormatError(f"{where}: there is no tensor {tensor}")
    outputs = _indices(table, schema.Operator.OUTPUTS, tensors, where)
    options = {} if custom else _options(table, name, where)
    return Operator(index, name, inputs, outputs, options, version, custom)


def _options(table: Table, name: str, where: str) -> Mapping[str, OptionValue]:
    """All options of an operator of schema.OPTIONS, defaults where the file has none."""
    known = schema.OPTIONS.get(name)
    if known is None:
        return {}
    number = table.integer(schema.Operator.BUILTIN_OPTIONS_TYPE, "uint8")
    if number not in (0, known.number):
        raise FormatError(f"{where}: options of kind {number} belong to another operator")
    options = table.table(schema.Operator.BUILTIN_OPTIONS) if number else None
    return MappingProxyType(
        {
            field.name: _option(options, position, field, where)
            for position, field in enumerate(known.fields)
        }
    )


def _option(table: Table | None, position: int, field: schema.Field, where: str) -> OptionValue:
    if field.kind == "int32[]":
        return table.integers(position) if table else ()
    if field.kind == "string":
        return table.string(position) if table else ""
    if field.kind == "float32":
        return table.real(position, field.default) if table else float(field.default)
    stored = "int8" if field.kind in _ENUMS else field.kind
    value = table.integer(position, stored, int(field.default)) if table else int(field.default)
    if field.kind == "bool":
        return bool(value)
    if field.kind not in _ENUMS:
        return value
    if not 0 <= value < len(_ENUMS[field.kind]):
        raise FormatError(f"{where}: {field.name} has the unknown value {value}")
    return _ENUMS[field.kind][value]
