"""MEAN, SUM, REDUCE_MAX, REDUCE_MIN, REDUCE_ANY, REDUCE_ALL over any axes."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.mean import MeanS8, mean_axes, mean_s8
from hilbench.engines.aot.numerics.sums import SUM_LIMIT
from hilbench.engines.aot.program import Call, Struct, Value

_SUFFIX = {"float32": "_f32", "int8": "_s8", "int16": "_s16", "bool": ""}
_INTEGERS = {"int8": 255, "int16": 32768}  # the largest of a value and of what it is above zero


class Reduction(Lowering):
    """Inputs: value, the axes that disappear."""

    types: ClassVar[tuple[str, ...]] = ("float32", "int8", "int16")
    header: ClassVar[str] = "reduce.h"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()
        rank = len(self.source.shape)
        axes = sorted({node.axis(axis, rank) for axis in node.constant_integers(1)})
        node.require(bool(axes), "over no axis")
        self.axes = mean_axes(self.source.shape, axes)

    def check(self) -> None:
        node = self.node
        node.require_type(self.source, *self.types)
        node.require_same_type(self.source, self.target)
        node.require(self.axes.count > 0, "of nothing")
        node.require_elements(self.target, prod(self.axes.kept))

    def factors(self) -> dict[str, Value]:
        """What an integer kernel needs besides the axes."""
        return {}

    def lower(self) -> Call:
        name = self.node.operator.name.lower()
        fields: dict[str, Value] = {"axes": Struct("mean_axes", vars(self.axes))}
        if self.source.dtype in _INTEGERS:
            fields |= self.factors()
        kernel = f"{name}{_SUFFIX[self.source.dtype]}"
        return self.node.call(kernel, self.header, fields, inputs=[self.source])


class Mean(Reduction):
    header = "mean.h"

    @property
    def divisor(self) -> int:
        return self.axes.count

    def check(self) -> None:
        super().check()
        if self.source.dtype in _INTEGERS:
            largest = _INTEGERS[self.source.dtype] * self.axes.count
            largest <<= max(self._constants().shift, 0)
            self.node.require(largest < SUM_LIMIT, f"sums of up to {largest}, 2^30 and more")

    def _constants(self) -> MeanS8:
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        return mean_s8(source, target, self.divisor)

    def factors(self) -> dict[str, Value]:
        found = self._constants()
        if self.source.dtype == "int16":
            return {"multiplier": found.multiplier, "shift": found.shift}
        return {**vars(found)}


class Sum(Mean):
    """In integers a mean that is not divided, as TFLM computes it."""

    @property
    def divisor(self) -> int:
        return 1

    def lower(self) -> Call:
        fields: dict[str, Value] = {"axes": Struct("mean_axes", vars(self.axes))}
        if self.source.dtype not in _INTEGERS:
            return self.node.call("sum_f32", "reduce.h", fields, inputs=[self.source])
        kernel = f"mean{_SUFFIX[self.source.dtype]}"
        return self.node.call(kernel, "mean.h", fields | self.factors(), inputs=[self.source])


class Extremum(Reduction):
    def check(self) -> None:
        super().check()
        if self.source.dtype in _INTEGERS:
            same = self.node.affine(self.source) == self.node.affine(self.target)
            self.node.require(same, f"{self.source.label} and {self.target.label} differ in scale")


class Logical(Reduction):
    types = ("bool",)


OPERATORS = {
    "MEAN": Mean,
    "SUM": Sum,
    **dict.fromkeys(("REDUCE_MAX", "REDUCE_MIN"), Extremum),
    **dict.fromkeys(("REDUCE_ANY", "REDUCE_ALL"), Logical),
}
