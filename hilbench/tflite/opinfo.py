"""What a graph consists of: how often each operator, and its multiply-accumulates."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hilbench.tflite.graph import Graph, Operator, Tensor


@dataclass(frozen=True)
class OperatorCount:
    """One row of a summary; `macs` is 0 for operators that multiply no matrices."""

    operator: str
    count: int
    macs: int


def summary(graph: Graph) -> tuple[OperatorCount, ...]:
    """A row for each kind of operator, the most frequent first, then by name."""
    counts: dict[str, int] = {}
    macs: dict[str, int] = {}
    for operator in graph.operators:
        counts[operator.name] = counts.get(operator.name, 0) + 1
        macs[operator.name] = macs.get(operator.name, 0) + operator_macs(graph, operator)
    rows = [OperatorCount(name, counts[name], macs[name]) for name in counts]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.operator)))


def matrix_macs(graph: Graph) -> int:
    """Multiply-accumulates of all operators that multiply matrices."""
    return sum(operator_macs(graph, operator) for operator in graph.operators)


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


_MACS: Mapping[str, Callable[[_Operands, Tensor], int]] = {
    "BATCH_MATMUL": _batch_matmul,
    "CONV_2D": _conv_2d,
    "DEPTHWISE_CONV_2D": _depthwise_conv_2d,
    "FULLY_CONNECTED": _fully_connected,
    "TRANSPOSE_CONV": _transpose_conv,
    "UNIDIRECTIONAL_SEQUENCE_LSTM": _sequence_lstm,
}
