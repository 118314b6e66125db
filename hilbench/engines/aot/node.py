"""What every file in ops/ builds on: one operator of a graph, and how it is lowered."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from itertools import dropwhile
from math import prod
from typing import Protocol, cast, runtime_checkable

import numpy as np

from hilbench.core.errors import Unsupported
from hilbench.engines.aot.numerics.affine import Affine
from hilbench.engines.aot.numerics.fixed_point import Int
from hilbench.engines.aot.numerics.strides import strided_copy
from hilbench.engines.aot.program import Block, Call, Constant, Move, Operand, Step, Struct, Value
from hilbench.engines.aot.strided import is_inside
from hilbench.tflite.graph import DTYPE_BITS, Graph, Operator, OptionValue, Quantization, Tensor

# Beyond these the fixed-point factors between scales leave their range.
_MIN_SCALE, _MAX_SCALE = 2.0**-50, 2.0**50
_WEIGHT_TYPES = {"float32": ("float32", "int8"), "int8": ("int8",), "int16": ("int8",)}
_SUM_TYPES = {"float32": "float32", "int8": "int32", "int16": "int64"}


class Node:
    """An operator together with its tensors.

    Methods raise Unsupported with the reason; `lower` puts the operator's name before it.
    """

    def __init__(self, graph: Graph, operator: Operator) -> None:
        self.graph = graph
        self.operator = operator

    def require(self, condition: bool, reason: str) -> None:
        """Raise Unsupported with `reason` unless the condition holds."""
        if not condition:
            raise Unsupported(reason)

    def input(self, position: int) -> Tensor:
        tensor = self.optional_input(position)
        if tensor is None:
            raise Unsupported(f"input {position} is missing")
        return tensor

    def optional_input(self, position: int) -> Tensor | None:
        """The input at this place, or None where the graph leaves it out."""
        if position >= len(self.operator.inputs) or self.operator.inputs[position] < 0:
            return None
        return self.graph.tensors[self.operator.inputs[position]]

    def output(self, position: int = 0) -> Tensor:
        if position >= len(self.operator.outputs):
            raise Unsupported(f"output {position} is missing")
        return self.graph.tensors[self.operator.outputs[position]]

    def constant(self, position: int) -> np.ndarray:
        """The values of an input that must be a constant."""
        tensor = self.input(position)
        if tensor.data is None:
            raise Unsupported(f"{tensor.label} is not a constant")
        return tensor.data

    def constant_integers(self, position: int) -> tuple[int, ...]:
        """The values of an int32 or int64 constant, flattened."""
        data = self.constant(position)
        self.require(data.dtype.kind == "i", f"{self.input(position).label} has no integers")
        return tuple(int(value) for value in data.ravel())

    def constant_integer(self, position: int) -> int:
        """The value of an integer constant with one element."""
        values = self.constant_integers(position)
        self.require(len(values) == 1, f"{self.input(position).label} is not one number")
        return values[0]

    def option(self, name: str) -> OptionValue:
        return self.operator.options[name]

    def integer(self, name: str) -> int:
        """An integer option."""
        return cast(int, self.operator.options[name])

    def real(self, name: str) -> float:
        """A float option."""
        return cast(float, self.operator.options[name])

    def text(self, name: str) -> str:
        """An option that is the name of an enumeration's value."""
        return cast(str, self.operator.options[name])

    def require_type(self, tensor: Tensor, *dtypes: str) -> None:
        self.require(tensor.dtype in dtypes, f"{tensor.label} is not {' or '.join(dtypes)}")

    def require_same_type(self, *tensors: Tensor) -> None:
        first = tensors[0]
        for tensor in tensors[1:]:
            self.require(
                tensor.dtype == first.dtype, f"mixes types: {first.label} and {tensor.label}"
            )

    def require_option(self, name: str, *values: OptionValue) -> None:
        self.require(self.option(name) in values, f"option {name}={self.option(name)}")

    def require_elements(self, tensor: Tensor, elements: int) -> None:
        self.require(tensor.elements == elements, f"{tensor.label} should have {elements} elements")

    def require_broadcast(self, target: Tensor, a: Tensor, b: Tensor) -> None:
        """`target` is what `a` and `b` make together: by its shape TFLM finds the axes that repeat.

        Where none does, only the number of elements counts.
        """
        whole = np.broadcast_shapes(a.shape, b.shape)
        self.require_elements(target, prod(whole))
        if {a.elements, b.elements} != {prod(whole)}:
            shapes = (list(dropwhile(lambda n: n == 1, shape)) for shape in (whole, target.shape))
            fits = next(shapes) == next(shapes)
            self.require(fits, f"{target.label} is no broadcast of {a.label} and {b.label}")

    def quantization(self, tensor: Tensor) -> Quantization:
        """Scales and zero points of a quantized tensor; the scales make sense."""
        found = tensor.quantization
        if found is None:
            raise Unsupported(f"{tensor.label} has no scale")
        for scale in (min(found.scales), max(found.scales)):
            self.require(_MIN_SCALE < scale < _MAX_SCALE, f"{tensor.label} has scale {scale:g}")
        return found

    def affine(self, tensor: Tensor) -> Affine:
        """Scale and zero point of a tensor that has one of each."""
        found = self.quantization(tensor)
        self.require(not found.per_channel, f"{tensor.label} has a scale per channel")
        is_symmetric = tensor.dtype != "int16" or not any(found.zero_points)
        self.require(is_symmetric, f"{tensor.label} has a zero point, which 16 bits have not")
        return Affine(found.scales[0], found.zero_points[0])

    def zero(self, tensor: Tensor) -> bytes:
        """The element of a tensor that stands for 0: its zero point in int8."""
        value = self.affine(tensor).zero_point if tensor.dtype == "int8" else 0
        return np.array(value, tensor.dtype).tobytes()

    def require_weights(self, weights: Tensor, source: Tensor, *, dimension: int) -> None:
        """Constant weights in the type that goes with `source`.

        int8 ones are symmetric, perhaps per channel of `dimension`.
        """
        fits = weights.dtype in _WEIGHT_TYPES.get(source.dtype, ())
        self.require(fits, f"mixes types: {source.label} and {weights.label}")
        self.require(weights.data is not None, f"{weights.label} is not a constant")
        if weights.dtype != "int8":
            return
        found = self.quantization(weights)
        self.require(not any(found.zero_points), f"{weights.label} has a zero point")
        self.require(
            not found.per_channel or found.dimension == dimension,
            f"{weights.label} has a scale per channel of dimension {found.dimension}",
        )

    def require_bias(self, bias: Tensor | None, source: Tensor, elements: int) -> None:
        """No bias, or a constant one, of the type of `source`'s sums."""
        if bias is None:
            return
        self.require(bias.data is not None, f"{bias.label} is not a constant")
        self.require_type(bias, _SUM_TYPES[source.dtype])
        self.require_elements(bias, elements)

    def optional_constant(self, role: str, position: int) -> Constant | None:
        """An input as an array for a params struct, or None where the graph leaves it out."""
        if self.optional_input(position) is None:
            return None
        return Constant(role, self.constant(position))

    def unary(self, kernel: str, header: str, fields: Mapping[str, Value]) -> Call:
        """A call of an elementwise kernel on the first input."""
        return self.call(kernel, header, fields, inputs=[self.input(0)], elementwise=True)

    def call(
        self,
        kernel: str,
        header: str,
        fields: Mapping[str, Value],
        *,
        inputs: Sequence[Tensor],
        elementwise: bool = False,
        scratch: int = 0,
        is_recurrent: bool = False,
    ) -> Call:
        """A call of a kernel that takes `struct <kernel>_params` and writes the only output."""
        return Call(
            self.operator,
            kernel,
            header,
            Struct(f"{kernel}_params", fields),
            tuple(Operand(tensor.index) for tensor in inputs),
            Operand(self.output().index),
            elementwise,
            scratch,
            is_recurrent,
        )

    def move(self, blocks: Sequence[Block], fill: bytes = b"", *, may_share: bool = True) -> Move:
        """A move of blocks, each inside of its tensors and simple enough for `copy`.

        `fill` is one element of what the blocks leave of the target.
        """
        for block in blocks:
            self._require_block(block)
        return Move(self.operator, tuple(blocks), fill, may_share)

    def _require_block(self, block: Block) -> None:
        source, target = self.graph.tensors[block.source], self.graph.tensors[block.target]
        self.require_same_type(source, target)
        self.require(DTYPE_BITS.get(source.dtype, 0) >= 8, f"moves {source.label}")
        self.require(
            is_inside(block.shape, block.source_offset, block.source_strides, source.elements)
            and is_inside(block.shape, block.target_offset, block.target_strides, target.elements),
            f"shapes do not fit: {source.label} and {target.label}",
        )
        strided_copy(block.shape, block.source_strides, block.target_strides, 1)

    def axis(self, index: int, rank: int) -> int:
        """An axis that may count from the end, as one that does not."""
        self.require(-rank <= index < rank, f"axis {index} of {rank} axes")
        return index % rank


def one_value(tensor: Tensor) -> int | None:
    """Of an integer constant all of whose elements are equal."""
    if tensor.data is None or tensor.data.size == 0:
        return None
    first = tensor.data.flat[0]
    return int(first) if bool((tensor.data == first).all()) else None


@runtime_checkable
class FunctionS8(Protocol):
    """A lowering whose int8 outputs depend on the inputs' elements in the same place alone."""

    def outputs_s8(self, *values: Int) -> Int:
        """The outputs for these values of the inputs. Called once `check` has passed."""
        ...


class Lowering(ABC):
    """How one operator becomes a step; a subclass per operator or family in ops/.

    Steps of work, in this order: `__init__` parses (takes tensors and options
    out of the node), `check` raises Unsupported for what there is no kernel
    for, `lower` chooses the kernel, fills its parameters through `numerics` and
    names the constants. `lower` is called once `check` has passed.
    """

    def __init__(self, node: Node) -> None:
        self.node = node

    @abstractmethod
    def check(self) -> None:
        """Raise Unsupported naming the operator, and the type, option or tensor."""

    @abstractmethod
    def lower(self) -> Step: ...
