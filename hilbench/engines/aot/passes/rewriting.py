"""A graph that is written again, operator by operator, with tensors that it did not have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np

from hilbench.tflite.graph import Graph, Operator, Tensor

COPY = "COPY"
"""An operator of the compiler's own: the elements in memory of their own."""


class Rewriting:
    """Tensors and operators of the new graph: the old tensors are there, to all of it is added."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.tensors = list(graph.tensors)
        self.operators: list[Operator] = []

    @cached_property
    def writers(self) -> Mapping[int, Operator]:
        """The operator that writes each tensor of the old graph."""
        return {index: op for op in self.graph.operators for index in op.outputs}

    def add(self, tensor: Tensor) -> int:
        """Its index."""
        self.tensors.append(replace(tensor, index=len(self.tensors)))
        return len(self.tensors) - 1

    def constant(self, data: np.ndarray, name: str = "") -> int:
        return self.add(Tensor(0, name, data.shape, data.dtype.name, data=data))

    def written(self) -> Graph:
        """The graph, its operators numbered in their order."""
        numbered = (replace(op, index=n) for n, op in enumerate(self.operators))
        return replace(self.graph, tensors=tuple(self.tensors), operators=tuple(numbered))
