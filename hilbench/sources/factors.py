"""Weights of low rank in a float .tflite: one product becomes two smaller ones.

W = A B, of `rank` columns of A and rows of B, by the singular value decomposition, its values
shared out so that both factors have alike ranges in int8. Every engine computes less then, and a
row's MACs are those of what runs.
"""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hilbench.core import extras
from hilbench.sources import objects

Floats = NDArray[np.float32]

_FULLY_CONNECTED, _FLOAT32 = 9, 0
_NEGLIGIBLE = 1e-5
"""Of the largest singular value: what rounding to float32 leaves of one that is 0."""


def factors(weights: Floats) -> tuple[Floats, Floats] | None:
    """A (outputs, rank) and B (rank, inputs); None where they are not smaller."""
    u, s, v = np.linalg.svd(weights.astype(np.float64), full_matrices=False)
    rank = max(1, int((s > _NEGLIGIBLE * s.max(initial=0)).sum()))
    if rank * sum(weights.shape) >= weights.size:
        return None
    root = np.sqrt(s[:rank])
    return (u[:, :rank] * root).astype(np.float32), (root[:, None] * v[:rank]).astype(np.float32)


def factored(content: bytes) -> tuple[bytes, int]:
    """The file with every FULLY_CONNECTED of such weights as two, and how many matrices those are.

    Those that share their weights, as the steps of an unrolled network do, share the factors.
    """
    schema_py, model = extras.tflite_schema(), objects.read(content)
    count = sum(_Graph(schema_py, model, graph).split() for graph in model.subgraphs)
    return (objects.written(model), count) if count else (content, 0)


class _Graph:
    """One graph of the file in TensorFlow's own objects, which it changes."""

    def __init__(self, schema_py: Any, model: Any, graph: Any) -> None:
        self._schema, self._model, self._graph = schema_py, model, graph
        self._found: dict[int, tuple[int, int] | None] = {}

    def split(self) -> int:
        operators: list[Any] = []
        for each in self._graph.operators:
            pair = self._pair(int(each.inputs[1])) if self._is_product(each) else None
            operators += [each] if pair is None else self._two(each, *pair)
        self._graph.operators = operators
        return sum(pair is not None for pair in self._found.values())

    def _is_product(self, operator: Any) -> bool:
        code = self._model.operatorCodes[operator.opcodeIndex]
        return bool(max(code.builtinCode, code.deprecatedBuiltinCode) == _FULLY_CONNECTED)

    def _pair(self, index: int) -> tuple[int, int] | None:
        """Tensors of the factors of constant weights."""
        if index not in self._found:
            tensor = self._graph.tensors[index]
            data = self._model.buffers[tensor.buffer].data
            pair = None
            if tensor.type == _FLOAT32 and data is not None and len(data):
                pair = factors(np.frombuffer(bytes(data), "<f4").reshape(tuple(tensor.shape)))
            self._found[index] = pair and (
                self._constant(tensor, "outer", pair[0]), self._constant(tensor, "inner", pair[1])
            )  # fmt: skip
        return self._found[index]

    def _constant(self, like: Any, word: str, values: Floats) -> int:
        buffer = self._schema.BufferT()
        buffer.data = np.frombuffer(values.tobytes(), np.uint8)
        self._model.buffers.append(buffer)
        return self._tensor(like, word, list(values.shape), len(self._model.buffers) - 1)

    def _tensor(self, like: Any, word: str, shape: list[int], buffer: int = 0) -> int:
        tensor = self._schema.TensorT()
        tensor.shape, tensor.type, tensor.buffer, tensor.hasRank = shape, _FLOAT32, buffer, True
        tensor.name = (like.name or b"") + f"/{word}_{len(self._graph.tensors)}".encode()
        self._graph.tensors.append(tensor)
        return len(self._graph.tensors) - 1

    def _two(self, operator: Any, outer: int, inner: int) -> list[Any]:
        source, _, *bias = (int(index) for index in operator.inputs)
        target = self._graph.tensors[int(operator.outputs[0])]
        rank = int(self._graph.tensors[inner].shape[0])
        between = self._tensor(target, "low_rank", [*map(int, target.shape[:-1]), rank])
        first, second = copy(operator), copy(operator)
        first.builtinOptions = copy(operator.builtinOptions)
        first.builtinOptions.fusedActivationFunction = 0
        first.inputs, first.outputs = [source, inner, -1], [between]
        second.inputs = [between, outer, *bias]
        return [first, second]
