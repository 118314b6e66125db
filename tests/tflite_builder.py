"""Builds small .tflite files, without TensorFlow.

    model = single_operator("ADD", [Spec((1, 4), "int8", 0.5, 3), ...], [Spec(...)],
                            fused_activation_function="RELU")

`model` builds graphs of several operators.

Slots and numbers come from hilbench.tflite.schema; that TensorFlow Lite Micro
runs the files as meant holds both to the real format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import flatbuffers
import numpy as np

from hilbench.tflite import schema


@dataclass(frozen=True)
class Spec:
    """A tensor; `scale` and `zero_point` are scalars, or sequences along `dimension`.

    A `variable` keeps its values from one invocation to the next.
    """

    shape: tuple[int, ...]
    dtype: str = "float32"
    scale: float | Sequence[float] | None = None
    zero_point: int | Sequence[int] = 0
    dimension: int = 0
    data: np.ndarray | None = field(default=None, repr=False)
    variable: bool = False


@dataclass(frozen=True)
class Op:
    """An operator of `model`; inputs and outputs are indices of specs, -1 leaves one out."""

    name: str
    inputs: Sequence[int]
    outputs: Sequence[int]
    options: Mapping[str, int | float | str | bool] = field(default_factory=dict)


def single_operator(
    name: str,
    inputs: Sequence[Spec | None],
    outputs: Sequence[Spec],
    **options: int | float | str | bool,
) -> bytes:
    """A model whose graph inputs are the `inputs` without data; None leaves one out.

    Variables are no graph inputs.
    """
    specs = [spec for spec in (*inputs, *outputs) if spec is not None]
    present = iter(range(len(specs)))
    input_ids = [-1 if spec is None else next(present) for spec in inputs]
    output_ids = list(present)
    fed = [i for i in input_ids if i >= 0 and not specs[i].variable]
    graph_inputs = [i for i in fed if specs[i].data is None]
    return model(specs, [Op(name, input_ids, output_ids, options)], graph_inputs, output_ids)


@dataclass(frozen=True)
class Subgraph:
    """What a WHILE, an IF or a CALL_ONCE runs; numbers are indices of its own specs."""

    specs: Sequence[Spec]
    operators: Sequence[Op]
    inputs: Sequence[int]
    outputs: Sequence[int]


def model(
    specs: Sequence[Spec],
    operators: Sequence[Op],
    inputs: Sequence[int],
    outputs: Sequence[int],
    *called: Subgraph,
) -> bytes:
    """A model of these tensors and operators, in this order, and of subgraphs, from number 1."""
    b = flatbuffers.Builder(1024)
    graphs = [Subgraph(specs, operators, inputs, outputs), *called]
    constants = [s.data for graph in graphs for s in graph.specs if s.data is not None]
    buffers = [_buffer(b, None)] + [_buffer(b, data) for data in constants]
    numbers = iter(range(1, len(buffers)))
    names = sorted({op.name for graph in graphs for op in graph.operators})
    subgraphs = [_subgraph(b, graph, names, numbers) for graph in graphs]
    codes = [_operator_code(b, schema.BUILTIN_OPERATORS.index(name)) for name in names]
    root = _table(
        b,
        {
            schema.Model.VERSION: lambda slot: b.PrependUint32Slot(slot, schema.VERSION, 0),
            schema.Model.OPERATOR_CODES: _offsets(b, codes),
            schema.Model.SUBGRAPHS: _offsets(b, subgraphs),
            schema.Model.BUFFERS: _offsets(b, buffers),
        },
    )
    b.Finish(root, schema.FILE_IDENTIFIER)
    return bytes(b.Output())


def _subgraph(
    b: flatbuffers.Builder, graph: Subgraph, names: Sequence[str], numbers: Iterator[int]
) -> int:
    """`numbers` are those of the buffers that constants have, in their order."""
    tensors = [_tensor(b, s, 0 if s.data is None else next(numbers)) for s in graph.specs]
    steps = [_operator(b, op, names.index(op.name)) for op in graph.operators]
    return _table(
        b,
        {
            schema.SubGraph.TENSORS: _offsets(b, tensors),
            schema.SubGraph.INPUTS: _ints(b, graph.inputs),
            schema.SubGraph.OUTPUTS: _ints(b, graph.outputs),
            schema.SubGraph.OPERATORS: _offsets(b, steps),
        },
    )


# A field is the offset of something already written, or a function that writes it into a slot.
_Fields = Mapping[int, int | Callable[[int], None]]


def _table(b: flatbuffers.Builder, fields: _Fields) -> int:
    b.StartObject(max(fields, default=-1) + 1)
    for slot, value in fields.items():
        if callable(value):
            value(slot)
        else:
            b.PrependUOffsetTRelativeSlot(slot, value, 0)
    return b.EndObject()


def _offsets(b: flatbuffers.Builder, offsets: Sequence[int]) -> int:
    b.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        b.PrependUOffsetTRelative(offset)
    return b.EndVector()


def _ints(b: flatbuffers.Builder, values: Sequence[int]) -> int:
    return b.CreateNumpyVector(np.array(values, np.int32))


def _buffer(b: flatbuffers.Builder, data: np.ndarray | None) -> int:
    if data is None:
        return _table(b, {})
    raw = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
    b.StartVector(1, len(raw), 16)
    b.head -= len(raw)
    b.Bytes[b.head : b.head + len(raw)] = raw.tobytes()
    return _table(b, {schema.Buffer.DATA: b.EndVector()})


def _tensor(b: flatbuffers.Builder, spec: Spec, buffer: int) -> int:
    name = b.CreateString("t")
    shape = _ints(b, spec.shape)
    kind = schema.TENSOR_TYPES.index(spec.dtype)
    fields: dict[int, int | Callable[[int], None]] = {
        schema.Tensor.SHAPE: shape,
        schema.Tensor.TYPE: lambda slot: b.PrependInt8Slot(slot, kind, 0),
        schema.Tensor.BUFFER: lambda slot: b.PrependUint32Slot(slot, buffer, 0),
        schema.Tensor.NAME: name,
        schema.Tensor.IS_VARIABLE: lambda slot: b.PrependBoolSlot(slot, spec.variable, False),
    }
    if spec.scale is not None:
        fields[schema.Tensor.QUANTIZATION] = _quantization(b, spec)
    return _table(b, fields)


def _quantization(b: flatbuffers.Builder, spec: Spec) -> int:
    scales = np.atleast_1d(np.asarray(spec.scale, np.float32))
    zero_points = np.atleast_1d(np.asarray(spec.zero_point, np.int64))
    q = schema.QuantizationParameters
    return _table(
        b,
        {
            q.SCALE: b.CreateNumpyVector(scales),
            q.ZERO_POINT: b.CreateNumpyVector(np.broadcast_to(zero_points, scales.shape).copy()),
            q.QUANTIZED_DIMENSION: lambda slot: b.PrependInt32Slot(slot, spec.dimension, 0),
        },
    )


def _operator_code(b: flatbuffers.Builder, code: int) -> int:
    old = min(code, schema.BUILTIN_OPERATORS.index("PLACEHOLDER_FOR_GREATER_OP_CODES"))
    c = schema.OperatorCode
    return _table(
        b,
        {
            c.DEPRECATED_BUILTIN_CODE: lambda slot: b.PrependInt8Slot(slot, old, 0),
            c.VERSION: lambda slot: b.PrependInt32Slot(slot, 1, 0),
            c.BUILTIN_CODE: lambda slot: b.PrependInt32Slot(slot, code, 0),
        },
    )


def _operator(b: flatbuffers.Builder, op: Op, code: int) -> int:
    fields: dict[int, int | Callable[[int], None]] = {
        schema.Operator.OPCODE_INDEX: lambda slot: b.PrependUint32Slot(slot, code, 0),
        schema.Operator.INPUTS: _ints(b, op.inputs),
        schema.Operator.OUTPUTS: _ints(b, op.outputs),
    }
    if op.name in schema.OPTIONS:
        number = schema.OPTIONS[op.name].number
        fields[schema.Operator.BUILTIN_OPTIONS_TYPE] = lambda slot: b.PrependUint8Slot(
            slot, number, 0
        )
        fields[schema.Operator.BUILTIN_OPTIONS] = _options(b, op.name, op.options)
    return _table(b, fields)


def _options(
    b: flatbuffers.Builder, name: str, options: Mapping[str, int | float | str | bool]
) -> int:
    slots = {option.name: (i, option) for i, option in enumerate(schema.OPTIONS[name].fields)}
    fields: dict[int, int | Callable[[int], None]] = {}
    for key, value in options.items():
        slot, option = slots[key]
        text = option.kind == "string"
        fields[slot] = b.CreateString(str(value)) if text else _scalar(b, option, value)
    return _table(b, fields)


def _scalar(
    b: flatbuffers.Builder, option: schema.Field, value: int | float | str | bool
) -> Callable[[int], None]:
    enums = {
        "activation": schema.ACTIVATIONS,
        "padding": schema.PADDINGS,
        "dtype": schema.TENSOR_TYPES,
        "mirror": schema.MIRROR_PAD_MODES,
    }
    if option.kind in enums:
        number = enums[option.kind].index(str(value))
        return lambda slot: b.PrependInt8Slot(slot, number, option.default)
    prepend = {
        "bool": b.PrependBoolSlot,
        "int8": b.PrependInt8Slot,
        "int32": b.PrependInt32Slot,
        "float32": b.PrependFloat32Slot,
    }[option.kind]
    return lambda slot: prepend(slot, value, option.default)
