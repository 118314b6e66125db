"""REDUCE_MAX, REDUCE_MIN, SUM, REDUCE_ANY, REDUCE_ALL over any axes."""

from __future__ import annotations

from math import prod

import numpy as np

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.mean import mean_axes
from hilbench.engines.aot.program import Call, Struct, Value

_LOGICAL = ("REDUCE_ANY", "REDUCE_ALL")


class Reduce(Lowering):
    """Inputs: value, the axes that disappear."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()
        rank = len(self.source.shape)
        axes = sorted({node.axis(axis, rank) for axis in node.constant_integers(1)})
        node.require(bool(axes), "over no axis")
        self.axes = mean_axes(self.source.shape, axes)

    def check(self) -> None:
        node = self.node
        types = ("bool",) if node.operator.name in _LOGICAL else ("float32", "int8")
        node.require_type(self.source, *types)
        node.require_same_type(self.source, self.target)
        node.require(self.axes.count > 0, "of nothing")
        node.require_elements(self.target, prod(self.axes.kept))
        if self.source.dtype == "int8" and node.operator.name != "SUM":
            same = node.affine(self.source) == node.affine(self.target)
            node.require(same, f"{self.source.label} and {self.target.label} differ in scale")

    def lower(self) -> Call:
        name = self.node.operator.name.lower()
        fields: dict[str, Value] = {"axes": Struct("mean_axes", vars(self.axes))}
        suffix = {"float32": "_f32", "int8": "_s8", "bool": ""}[self.source.dtype]
        if (name, self.source.dtype) == ("sum", "int8"):
            fields |= self._factors()
        return self.node.call(f"{name}{suffix}", "reduce.h", fields, inputs=[self.source])

    def _factors(self) -> dict[str, Value]:
        """In single precision throughout, as TFLM computes them."""
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        factor = np.float32(source.scale) / np.float32(target.scale)
        offset = np.float32(-source.zero_point) * factor * np.float32(self.axes.count)
        return {
            "factor": float(factor),
            "offset": float(offset),
            "zero_point": target.zero_point,
        }


OPERATORS = dict.fromkeys(("REDUCE_MAX", "REDUCE_MIN", "SUM", *_LOGICAL), Reduce)
