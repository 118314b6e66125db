"""GATHER_ND: slices of a table, by the coordinates of where each begins."""

from __future__ import annotations

from math import prod

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.strides import contiguous_strides
from hilbench.engines.aot.program import Call, Value
from hilbench.tflite.graph import DTYPE_BITS

_COORDINATES = 5


class GatherNd(Lowering):
    """Inputs: table, coordinates (..., n) of slices."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.table, self.indices, self.target = node.input(0), node.input(1), node.output()
        node.require(bool(self.indices.shape), f"{self.indices.label} has no axis")
        self.count = self.indices.shape[-1]

    def check(self) -> None:
        node = self.node
        node.require_type(self.indices, "int32")
        node.require(DTYPE_BITS.get(self.table.dtype, 0) >= 8, f"of {self.table.label}")
        node.require_same_type(self.table, self.target)
        node.require(
            0 < self.count <= min(len(self.table.shape), _COORDINATES),
            f"{self.count} coordinates into {self.table.label}",
        )
        slices = prod(self.indices.shape[:-1])
        node.require_elements(self.target, slices * prod(self.table.shape[self.count :]))

    def lower(self) -> Call:
        item = DTYPE_BITS[self.table.dtype] // 8
        missing = _COORDINATES - self.count
        strides = contiguous_strides(self.table.shape, item)[: self.count]
        fields: dict[str, Value] = {
            "slices": prod(self.indices.shape[:-1]),
            "coordinates": self.count,
            "shape": self.table.shape[: self.count] + (1,) * missing,
            "stride": strides + (0,) * missing,
            "slice_bytes": prod(self.table.shape[self.count :]) * item,
        }
        inputs = [self.table, self.indices]
        return self.node.call("gather_nd", "gather_nd.h", fields, inputs=inputs)


OPERATORS = {"GATHER_ND": GatherNd}
