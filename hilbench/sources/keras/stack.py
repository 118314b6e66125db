"""Recurrent networks of one path of layers, of which families of the literature are tables."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, Protocol

from hilbench.sources.keras.cells.layer import recurrent
from hilbench.sources.keras.cells.table import ALL
from hilbench.sources.keras.model import Counts, ModelSpec

Shape = tuple[int, ...]


class Layer(Protocol):
    def apply(self, keras: Any, x: Any, *, unroll: bool) -> Any:
        """The Keras tensor behind this layer."""

    def count(self, shape: Shape) -> tuple[Shape, int, int]:
        """What becomes of the shape of a sample, parameters, and MACs of matrix products."""


@dataclass(frozen=True)
class Embedding:
    """Vectors of variance 1: those of Keras' start are so small that an untrained LSTM behind
    them has states of which int8 sees nothing."""

    symbols: int
    width: int

    def apply(self, keras: Any, x: Any, *, unroll: bool) -> Any:  # noqa: ARG002 - no loop
        start = keras.initializers.RandomNormal(stddev=1.0)
        return keras.layers.Embedding(self.symbols, self.width, embeddings_initializer=start)(x)

    def count(self, shape: Shape) -> tuple[Shape, int, int]:
        return (*shape, self.width), self.symbols * self.width, 0


@dataclass(frozen=True)
class Recurrent:
    """`cell` is a name of cells.table; `both` reads the steps in both directions."""

    cell: str
    units: int
    each_step: bool = False
    both: bool = False

    def apply(self, keras: Any, x: Any, *, unroll: bool) -> Any:
        options = {"both": self.both, "return_sequences": self.each_step, "unroll": unroll}
        return recurrent(keras, self.cell, self.units, x.shape[-1], **options)(x)

    def count(self, shape: Shape) -> tuple[Shape, int, int]:
        cell, (steps, features), times = ALL[self.cell], shape, 1 + self.both
        out = (times * cell.states(features, self.units)[0],)
        return (
            (steps, *out) if self.each_step else out,
            times * cell.parameters(features, self.units),
            times * steps * cell.macs(features, self.units),
        )


@dataclass(frozen=True)
class Dense:
    units: int
    activation: str | None = None

    def apply(self, keras: Any, x: Any, *, unroll: bool) -> Any:  # noqa: ARG002 - no loop
        return keras.layers.Dense(self.units, activation=self.activation)(x)

    def count(self, shape: Shape) -> tuple[Shape, int, int]:
        *steps, features = shape
        return (*steps, self.units), (features + 1) * self.units, prod(shape) * self.units


@dataclass(frozen=True, kw_only=True)
class StackSpec(ModelSpec):
    """`layers` over samples of `inputs`; `unrolled` says whether the exported one has no loop."""

    inputs: Shape
    layers: tuple[Layer, ...]
    unrolled: bool = True

    @property
    def input_shape(self) -> Shape:
        return self.inputs

    @property
    def output_shape(self) -> Shape:
        return self._path()[0]

    def counts(self) -> Counts:
        """`macs` are the matrix products alone, as `matrix_macs`."""
        _, parameters, macs = self._path()
        return Counts(parameters=parameters, macs=macs, matrix_macs=macs)

    def _path(self) -> tuple[Shape, int, int]:
        shape, parameters, macs = self.inputs, 0, 0
        for layer in self.layers:
            shape, weights, products = layer.count(shape)
            parameters, macs = parameters + weights, macs + products
        return shape, parameters, macs

    def build(self, keras: Any, *, export: bool) -> Any:
        return self._built(keras, export=export, unroll=export and self.unrolled)

    def counted(self, keras: Any, exported: Any) -> Any:
        """The unrolled model, which does the same work."""
        return exported if self.unrolled else self._built(keras, export=True, unroll=True)

    def _built(self, keras: Any, *, export: bool, unroll: bool) -> Any:
        x = first = keras.Input(self.inputs, batch_size=1 if export else None)
        for layer in self.layers:
            x = layer.apply(keras, x, unroll=unroll)
        return keras.Model(first, x)
