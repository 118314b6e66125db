"""What a graph consists of: how often each operator, its multiply-accumulates, its parameters."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np

from hilbench.tflite import loops
from hilbench.tflite.graph import Graph, Operator, Tensor
from hilbench.tflite.unrolled import folded_products


@dataclass(frozen=True)
class OperatorCount:
    """One row of a summary; `macs` is 0 for operators that multiply no matrices.

    `count` is how often the file has the operator, its subgraphs included. `macs` are
    those of one inference, None when they depend on data.
    """

    operator: str
    count: int
    macs: int | None


def summary(graph: Graph) -> tuple[OperatorCount, ...]:
    """A row for each kind of operator, the most frequent first, then by name."""
    counts: dict[str, int] = {}
    macs: dict[str, int | None] = {}
    for run in _runs(graph, graph, 1):
        name = run.operator.name
        counts[name] = counts.get(name, 0) + 1
        macs[name] = _plus(macs.get(name, 0), run.macs)
    for operator in folded_products(graph):
        macs[operator.name] = _plus(macs[operator.name], operator_macs(graph, operator))
    rows = [OperatorCount(name, counts[name], macs[name]) for name in counts]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.operator)))


def matrix_macs(graph: Graph) -> int | None:
    """Multiply-accumulates of one inference, in all operators that multiply matrices.

    The body of a loop counts as often as it runs, and an unrolled one as often as the
    loop that it was: see unrolled. None when that depends on data.
    """
    total: int | None = 0
    for row in summary(graph):
        total = _plus(total, row.macs)
    return total


def nonzero_share(graph: Graph) -> float | None:
    """Of the MACs of one inference, those whose weight is not zero.

    Every weight of an operator has equally many of its MACs, padding counted as data. A product of
    two tensors that are no constants counts whole. None without MACs, and where their number
    depends on data.
    """
    total, remain = 0, 0.0
    for run in _runs(graph, graph, 1):
        if run.macs is None:
            return None
        total += run.macs
        remain += run.macs * (_nonzero(run.graph, run.operator) if run.macs else 0)
    for operator in folded_products(graph):
        macs = operator_macs(graph, operator)
        total, remain = total + macs, remain + macs * _nonzero(graph, operator)
    return remain / total if total else None


def _nonzero(graph: Graph, operator: Operator) -> float:
    """The share of the weights of an operator that are not zero: of all inputs but the first that
    are constants, as matrices or of more dimensions, be they dequantized before. Those of less
    than a byte count as if none were."""
    made = {t: op for op in graph.operators if op.name == "DEQUANTIZE" for t in op.outputs}
    given = [made[t].inputs[0] if t in made else t for t in operator.inputs[1:] if t >= 0]
    found = [graph.tensors[t] for t in given if len(graph.tensors[t].shape) > 1]
    weights = [t for t in found if t.data is not None and t.data.size == t.elements]
    size = sum(t.elements for t in weights)
    zeros = [t.quantization.zero_points[0] if t.quantization else 0 for t in weights]
    remain = sum(np.count_nonzero(t.data != zero) for t, zero in zip(weights, zeros, strict=True))
    return int(remain) / size if size else 1.0


def parameters(graph: Graph) -> int:
    """Elements of all weights, biases and tables; those of a shared buffer count once."""
    found: dict[tuple[object, ...], int] = {}
    for each in (graph, *graph.subgraphs):
        weights, states = _weights_of(each), _initial_states(each)
        for tensor in each.tensors:
            named = tensor.index in weights or (tensor.elements > 1 and _is_real(tensor))
            if tensor.data is not None and named and tensor.index not in states:
                address = tensor.data.__array_interface__["data"][0]
                found[address, tensor.dtype, tensor.elements] = tensor.elements
    return sum(found.values())


def _initial_states(graph: Graph) -> set[int]:
    """Zeros with which a loop begins."""
    given = {t for op in graph.operators if op.name == "WHILE" for t in op.inputs if t >= 0}
    data = {tensor: graph.tensors[tensor].data for tensor in given}
    return {tensor for tensor, values in data.items() if values is not None and not values.any()}


def _weights_of(graph: Graph) -> set[int]:
    """The constants of operators that multiply matrices, be they single elements."""
    operators = [op for op in graph.operators if op.name in _MACS and not op.custom]
    return {tensor for op in operators for tensor in op.inputs[1:]} & {
        tensor.index for tensor in graph.tensors if _is_real(tensor)
    }


def _is_real(tensor: Tensor) -> bool:
    """Floats and quantized integers; indices and shapes are neither."""
    floating = tensor.dtype in ("float32", "float16", "bfloat16", "float64")
    return floating or tensor.quantization is not None


@dataclass(frozen=True)
class _Run:
    graph: Graph
    operator: Operator
    macs: int | None


def _runs(main: Graph, graph: Graph, times: int | None) -> Iterator[_Run]:
    """Every operator below `graph`, and the MACs of all its `times` runs."""
    for operator in graph.operators:
        macs = operator_macs(graph, operator)
        yield _Run(graph, operator, macs * times if times is not None else macs and None)
        if operator.name == "WHILE":
            each = loops.trips(main, graph, operator)
            inner = None if each is None or times is None else each * times
            yield from _below(main, operator, inner)
        elif operator.name == "IF":
            yield from _below(main, operator, None)
        elif operator.name == "CALL_ONCE":
            yield from _below(main, operator, 0)


def _below(main: Graph, operator: Operator, times: int | None) -> Iterator[_Run]:
    for number in operator.options.values():
        yield from _runs(main, main.subgraphs[cast("int", number) - 1], times)


def _plus(left: int | None, right: int | None) -> int | None:
    return None if left is None or right is None else left + right


def operator_macs(graph: Graph, operator: Operator) -> int:
    """Multiply-accumulates of one inference of an operator, padding counted as data.

    0 for an operator that is not in the table below or lacks an operand.
    """
    count = _MACS.get(operator.name)
    if count is None or operator.custom or not operator.outputs:
        return 0
    operands = [graph.tensors[i] if i >= 0 else None for i in operator.inputs]
    return count(operands, graph.tensors[operator.outputs[0]])


_Operands = list[Tensor | None]


def _weights(operands: _Operands, rank: int) -> tuple[int, ...] | None:
    """Shape of the second operand, or None unless it has this rank."""
    weights = operands[1] if len(operands) > 1 else None
    return weights.shape if weights is not None and len(weights.shape) == rank else None


def _fully_connected(operands: _Operands, output: Tensor) -> int:
    """Each output is the product of a row of weights (rows, columns)."""
    shape = _weights(operands, 2)
    return output.elements * shape[1] if shape else 0


def _conv_2d(operands: _Operands, output: Tensor) -> int:
    """Each output sees all of weights[o], (h, w, in_channels)."""
    shape = _weights(operands, 4)
    return output.elements * math.prod(shape[1:]) if shape else 0


def _depthwise_conv_2d(operands: _Operands, output: Tensor) -> int:
    """Each output sees one channel of the window: weights (1, h, w, out_channels)."""
    shape = _weights(operands, 4)
    return output.elements * shape[1] * shape[2] if shape else 0


def _transpose_conv(operands: _Operands, _output: Tensor) -> int:
    """Each input goes to all of weights (out_channels, h, w, in_channels) of its channel."""
    shape = _weights(operands, 4)
    data = operands[2] if len(operands) > 2 else None
    return data.elements * math.prod(shape[:3]) if shape and data else 0


def _batch_matmul(operands: _Operands, output: Tensor) -> int:
    """(..., m, k) times (..., k, n); k from the first operand unless it is transposed."""
    left = operands[0]
    if left is None or len(left.shape) < 2 or len(output.shape) < 2:
        return 0
    rows = output.shape[-2]
    return output.elements * left.shape[-1 if left.shape[-2] == rows else -2]


def _sequence_lstm(operands: _Operands, output: Tensor) -> int:
    """Every step multiplies all of inputs 1 to 8: the weights of the four gates."""
    weights = sum(tensor.elements for tensor in operands[1:9] if tensor is not None)
    steps = output.elements // output.shape[-1] if output.shape and output.shape[-1] else 0
    return steps * weights


def _sequence_rnn(operands: _Operands, output: Tensor) -> int:
    """Every step multiplies inputs 1 and 2: the weights of input and state."""
    weights = sum(tensor.elements for tensor in operands[1:3] if tensor is not None)
    return output.elements // output.shape[-1] * weights if output.elements else 0


def _lstm_step(operands: _Operands, output: Tensor) -> int:
    """Inputs 3 and 4, the weights of input and state, times rows of the output, a half of each."""
    weights = sum(tensor.elements for tensor in operands[3:5] if tensor is not None)
    return output.shape[0] // 2 * weights if output.shape else 0


def _svdf(operands: _Operands, _output: Tensor) -> int:
    """A filter of the features (filters, inputs) and one of time (filters, memory), once each."""
    return sum(tensor.elements for tensor in operands[1:3] if tensor is not None)


_MACS: Mapping[str, Callable[[_Operands, Tensor], int]] = {
    "BATCH_MATMUL": _batch_matmul,
    "CONV_2D": _conv_2d,
    "DEPTHWISE_CONV_2D": _depthwise_conv_2d,
    "FULLY_CONNECTED": _fully_connected,
    "LSTM_STEP": _lstm_step,  # the engine aot's own: in no file
    "RNN": _sequence_rnn,
    "SVDF": _svdf,
    "TRANSPOSE_CONV": _transpose_conv,
    "UNIDIRECTIONAL_SEQUENCE_LSTM": _sequence_lstm,
    "UNIDIRECTIONAL_SEQUENCE_RNN": _sequence_rnn,
}
PRODUCTS = frozenset(_MACS)
"""Operators that multiply matrices."""
