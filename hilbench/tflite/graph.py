"""A TFLite graph as plain frozen values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

OptionValue = int | float | bool | str | tuple[int, ...]

# Bits of one element; types of other sizes (string, resource, variant) have none.
DTYPE_BITS = {
    "float32": 32,
    "float16": 16,
    "bfloat16": 16,
    "float64": 64,
    "complex64": 64,
    "complex128": 128,
    "int2": 2,
    "int4": 4,
    "uint4": 4,
    "int8": 8,
    "uint8": 8,
    "bool": 8,
    "int16": 16,
    "uint16": 16,
    "int32": 32,
    "uint32": 32,
    "int64": 64,
    "uint64": 64,
}
_LABEL_CHARACTERS = 40


@dataclass(frozen=True)
class Quantization:
    """real = scale * (integer - zero_point), per tensor or along `dimension`.

    `scales` and `zero_points` have one element each, or one per channel.
    """

    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    dimension: int

    @property
    def per_channel(self) -> bool:
        return len(self.scales) > 1


@dataclass(frozen=True)
class Tensor:
    """One tensor; `dtype` is numpy's name of its element type, or TFLite's.

    `data` is a read-only array of `shape` for a constant and None otherwise.
    Elements that numpy cannot hold (int4, string) are raw uint8 bytes there.
    A variable keeps its values from one invocation to the next; after a reset
    they are `initial`, or 0.
    """

    index: int
    name: str
    shape: tuple[int, ...]
    dtype: str
    quantization: Quantization | None = None
    data: np.ndarray | None = field(default=None, repr=False)
    is_variable: bool = False
    initial: np.ndarray | None = field(default=None, repr=False)

    @property
    def elements(self) -> int:
        return math.prod(self.shape)

    @property
    def bytes(self) -> int:
        """Bytes of the dense tensor; 0 for types without a fixed size."""
        return (self.elements * DTYPE_BITS.get(self.dtype, 0) + 7) // 8

    @property
    def label(self) -> str:
        """For messages: index, type, shape and the start of the name."""
        name = self.name
        if len(name) > _LABEL_CHARACTERS:
            name = name[:_LABEL_CHARACTERS] + "..."
        return f"tensor {self.index} {self.dtype}{list(self.shape)} '{name}'"


@dataclass(frozen=True)
class Operator:
    """One operator; -1 among `inputs` stands for an optional one left out.

    `name` is the builtin's name, or the custom code where `custom` is true.
    `options` is complete (defaults filled in) for the operators of schema.py
    and empty for all others.
    """

    index: int
    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    version: int = 1
    custom: bool = False


@dataclass(frozen=True)
class Graph:
    """The main subgraph of a .tflite file.

    `tensors[i].index == i`. Operators are in an order in which every input is
    a constant, a variable, a graph input or written by an earlier operator,
    and every tensor is written at most once. `subgraphs` are all others of the
    file, the first of them number 1: bodies of control-flow operators.
    """

    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    subgraphs: tuple[Graph, ...] = ()
