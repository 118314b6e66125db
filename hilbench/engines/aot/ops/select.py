"""SELECT, SELECT_V2: elements of one tensor or another, as a third one says."""

from __future__ import annotations

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.strides import contiguous_strides
from hilbench.engines.aot.program import Call, Value
from hilbench.tflite.graph import DTYPE_BITS, Tensor

_AXES = 4


class Select(Lowering):
    """Inputs: condition, value where it is true, value where it is false."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.condition, self.a, self.b = (node.input(position) for position in range(3))
        self.target = node.output()

    def check(self) -> None:
        node = self.node
        node.require_type(self.condition, "bool")
        node.require_same_type(self.target, self.a, self.b)
        node.require(DTYPE_BITS.get(self.target.dtype, 0) >= 8, f"of {self.target.label}")
        node.require(len(self.target.shape) <= _AXES, f"{self.target.label} has too many axes")
        for tensor in (self.condition, self.a, self.b):
            shape = self._shape(tensor)
            node.require(
                all(n in (1, m) for n, m in zip(shape, self._shape(self.target), strict=True)),
                f"shapes do not fit: {tensor.label} and {self.target.label}",
            )
        if self.target.dtype == "int8":
            same = node.affine(self.a) == node.affine(self.b) == node.affine(self.target)
            node.require(same, f"{self.a.label} and {self.b.label} differ in scale")

    def _shape(self, tensor: Tensor) -> tuple[int, ...]:
        """Four axes. SELECT lets a condition of one axis choose rows; SELECT_V2 does not."""
        self.node.require(len(tensor.shape) <= _AXES, f"{tensor.label} has too many axes")
        rows = self.node.operator.name == "SELECT" and len(tensor.shape) == 1
        if tensor is self.condition and rows:
            behind = len(self.target.shape) - 1
            shape = tensor.shape + (1,) * behind
        else:
            shape = tensor.shape
        return (1,) * (_AXES - len(shape)) + shape

    def _strides(self, tensor: Tensor) -> tuple[int, ...]:
        shape = self._shape(tensor)
        dense = contiguous_strides(shape, DTYPE_BITS[tensor.dtype] // 8)
        return tuple(0 if n == 1 else stride for n, stride in zip(shape, dense, strict=True))

    def lower(self) -> Call:
        """What lies side by side and hangs on one condition is one item."""
        inputs = [self.condition, self.a, self.b]
        shape, item = list(self._shape(self.target)), DTYPE_BITS[self.target.dtype] // 8
        strides = [list(self._strides(tensor)) for tensor in inputs]
        for axis in reversed(range(_AXES)):
            if shape[axis] == 1:
                continue
            if [each[axis] for each in strides] != [0, item, item]:
                break
            item *= shape[axis]
            shape[axis] = 1
            for each in strides:
                each[axis] = 0
        fields: dict[str, Value] = {"shape": tuple(shape), "item_bytes": item}
        for name, each in zip(("condition", "a", "b"), strides, strict=True):
            fields[f"stride_{name}"] = tuple(each)
        return self.node.call("select_elements", "select.h", fields, inputs=inputs)


OPERATORS = {"SELECT": Select, "SELECT_V2": Select}
