"""What the compiler turns a graph into: kernel calls on numbered tensors.

A program is a list of steps in the order of execution. A `Call` runs a kernel
of firmware/kernels. A `Move` only brings elements to another place; the pass
`place` makes most moves disappear, the others become calls of `copy`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from hilbench.tflite.graph import Operator, Tensor

if TYPE_CHECKING:
    from hilbench.engines.aot.layout import Layout


@dataclass(frozen=True, eq=False)
class Constant:
    """An array in flash, accounted as weights; int8, int32 or float32.

    `role` becomes the first part of its name in C. Equal arrays are emitted once.
    """

    role: str
    data: np.ndarray


@dataclass(frozen=True, eq=False)
class Struct:
    """A constant of the C type `struct <tag>`; a field that is None stays null.

    A struct that consists of tables is accounted as weights.
    """

    tag: str
    fields: Mapping[str, Value]
    is_table: bool = False


@dataclass(frozen=True, eq=False)
class Pointer:
    """The address of a struct that several others share."""

    target: Struct


# Scalars, arrays held in place (tuple, ndarray), arrays and structs pointed to
# (Constant, Pointer), structs held in place (Struct), null (None).
Value = int | float | tuple[int, ...] | np.ndarray | Constant | Pointer | Struct | None


@dataclass(frozen=True)
class Operand:
    """A tensor as a kernel sees it: from this byte of it on."""

    tensor: int
    offset: int = 0


@dataclass(frozen=True, eq=False)
class Repeat:
    """What a loop does whose trips are counted when it runs.

    `condition` and `trip` are programs on the same inputs, which live outside of them: those of
    the positions `carried` in the outputs of the call, where each trip brings its results, the
    others where the inputs of the call are.
    """

    condition: Layout
    trip: Layout
    carried: tuple[int, ...]


@dataclass(frozen=True)
class Call:
    """`kernel(&params, inputs..., outputs...)`, and a last argument `scratch` where it needs one.

    `header` declares the kernel. `elementwise` says that the output may be the
    very memory of an input of the same size. `scratch` bytes of the arena are
    the kernel's while it runs, aligned as every buffer of it. One that `is_recurrent`
    reads its weights again in each step of a sequence.

    One that has a `repeat` is that loop instead of a kernel.
    """

    operator: Operator
    kernel: str
    header: str
    params: Struct
    inputs: tuple[Operand, ...]
    output: Operand
    elementwise: bool = False
    scratch: int = 0
    is_recurrent: bool = False
    more_outputs: tuple[Operand, ...] = ()
    repeat: Repeat | None = None

    @property
    def outputs(self) -> tuple[Operand, ...]:
        return self.output, *self.more_outputs

    @property
    def operators(self) -> int:
        """Operators of the graph that it stands for: a kernel that writes two tensors does two."""
        return 1 if self.repeat is not None else len({found.tensor for found in self.outputs})


@dataclass(frozen=True)
class Block:
    """A strided block of elements that goes from one tensor to another.

    `shape` and the strides have the same length; strides and offsets count
    elements, and strides may be negative.
    """

    source: int
    target: int
    shape: tuple[int, ...]
    source_offset: int
    source_strides: tuple[int, ...]
    target_offset: int
    target_strides: tuple[int, ...]

    @classmethod
    def of_all(cls, source: Tensor, target: Tensor) -> Block:
        """Every element to its place."""
        return cls(source.index, target.index, (source.elements,), 0, (1,), 0, (1,))


@dataclass(frozen=True)
class Move:
    """The blocks that one operator moves.

    `fill` is the bytes of an element with which the target is filled before, or empty.
    Source and target share memory where that is possible, if they may.
    """

    operator: Operator
    blocks: tuple[Block, ...] = field(repr=False)
    fill: bytes = b""
    may_share: bool = True


Step = Call | Move


@dataclass(frozen=True)
class Loop:
    """`trips` repetitions of `period` calls, from the call number `first` of a program on."""

    first: int
    period: int
    trips: int

    @property
    def end(self) -> int:
        return self.first + self.period * self.trips

    def steps(self, position: int) -> range:
        """The calls at this position of the body, by trip."""
        return range(self.first + position, self.end, self.period)


# Calls of a program by number: a straight run of them, or a loop.
Segment = range | Loop
