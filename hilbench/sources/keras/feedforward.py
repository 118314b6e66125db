"""Networks of one path of layers without a state, of which some families are tables."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, Literal, Protocol

import numpy as np

from hilbench.sources.keras.model import Counts, ModelSpec

Shape = tuple[int, ...]
Pair = tuple[int, int]


@dataclass(frozen=True)
class Work:
    """Parameters, all float operations, and the multiply-accumulates of matrix products."""

    parameters: int
    flops: int
    macs: int


class Layer(Protocol):
    def apply(self, keras: Any, x: Any) -> Any:
        """The Keras tensor behind this layer."""

    def count(self, shape: Shape) -> tuple[Shape, Work]:
        """What becomes of the shape of a sample, and what that takes.

        As TensorFlow's profiler counts float operations: two of a product, one of an addition or
        of a comparison, five of a softmax; ReLU and sigmoid are none.
        """


@dataclass(frozen=True)
class Dense:
    units: int
    activation: str | None = "relu"

    def apply(self, keras: Any, x: Any) -> Any:
        return keras.layers.Dense(
            self.units, activation=self.activation, kernel_initializer="he_uniform"
        )(x)

    def count(self, shape: Shape) -> tuple[Shape, Work]:
        weights = shape[0] * self.units
        flops = self.units * (6 if self.activation == "softmax" else 1)
        return (self.units,), Work(weights + self.units, 2 * weights + flops, weights)


@dataclass(frozen=True)
class Convolution:
    """Depthwise where there are no `filters`."""

    filters: int | None = None
    kernel: Pair = (3, 3)
    stride: int = 1
    activation: str | None = "relu"
    padding: Literal["same", "valid"] = "same"

    def apply(self, keras: Any, x: Any) -> Any:
        return self.layer(keras, x.shape[-1])(x)

    def layer(self, keras: Any, channels: int) -> Any:
        """The Keras layer for inputs of so many channels."""
        shared: dict[str, Any] = {
            "strides": self.stride,
            "padding": self.padding,
            "activation": self.activation,
        }
        if self.filters is None:
            # Keras takes all channels for inputs of each output, and signals would fade.
            scale = keras.initializers.VarianceScaling(
                2.0 * channels, mode="fan_in", distribution="uniform"
            )
            shared["depthwise_initializer"] = scale
            return keras.layers.DepthwiseConv2D(self.kernel, **shared)
        shared["kernel_initializer"] = "he_uniform"
        return keras.layers.Conv2D(self.filters, self.kernel, **shared)

    def count(self, shape: Shape) -> tuple[Shape, Work]:
        height, width, inputs = shape
        channels = self.filters or inputs
        if self.padding == "valid":
            height, width = height - self.kernel[0] + 1, width - self.kernel[1] + 1
        out = -(-height // self.stride), -(-width // self.stride), channels
        products = prod(self.kernel) * (inputs if self.filters else 1)
        macs = prod(out) * products
        return out, Work(channels * (products + 1), 2 * macs + prod(out), macs)


@dataclass(frozen=True)
class PartlyDead:
    """A convolution whose last `dead` filters have no weight above zero.

    Of inputs that are not negative their ReLU makes zero, whatever those are.
    """

    convolution: Convolution
    dead: int

    def apply(self, keras: Any, x: Any) -> Any:
        layer = self.convolution.layer(keras, x.shape[-1])
        y = layer(x)
        kernel, bias = layer.get_weights()
        dead = kernel[..., -self.dead :]
        np.negative(np.abs(dead), out=dead)
        layer.set_weights([kernel, bias])
        return y

    def count(self, shape: Shape) -> tuple[Shape, Work]:
        return self.convolution.count(shape)


@dataclass(frozen=True)
class Residual:
    """ReLU of the sum of two paths; an empty shortcut is the input itself."""

    body: tuple[Layer, ...]
    shortcut: tuple[Layer, ...] = ()

    def apply(self, keras: Any, x: Any) -> Any:
        total = keras.layers.Add()([_apply(keras, self.body, x), _apply(keras, self.shortcut, x)])
        return keras.layers.Activation("relu")(total)

    def count(self, shape: Shape) -> tuple[Shape, Work]:
        out, body = _count(self.body, shape)
        addition = Work(0, prod(out), 0)
        return out, _total(body, _count(self.shortcut, shape)[1], addition)


@dataclass(frozen=True)
class GlobalPool:
    """The average of each channel."""

    def apply(self, keras: Any, x: Any) -> Any:
        pooled = keras.layers.AveragePooling2D(tuple(x.shape[1:3]))(x)
        return keras.layers.Flatten()(pooled)

    def count(self, shape: Shape) -> tuple[Shape, Work]:
        return shape[2:], Work(0, prod(shape), 0)


@dataclass(frozen=True)
class MaxPool:
    """The largest of each 2 x 2, with padding SAME."""

    def apply(self, keras: Any, x: Any) -> Any:
        return keras.layers.MaxPooling2D(2, padding="same")(x)

    def count(self, shape: Shape) -> tuple[Shape, Work]:
        out = (*(-(-size // 2) for size in shape[:2]), shape[2])
        return out, Work(0, 4 * prod(out), 0)


@dataclass(frozen=True)
class Flatten:
    def apply(self, keras: Any, x: Any) -> Any:
        return keras.layers.Flatten()(x)

    def count(self, shape: Shape) -> tuple[Shape, Work]:
        return (prod(shape),), Work(0, 0, 0)


@dataclass(frozen=True)
class Function:
    """An activation of Keras, alone."""

    name: str

    def apply(self, keras: Any, x: Any) -> Any:
        return keras.layers.Activation(self.name)(x)

    def count(self, shape: Shape) -> tuple[Shape, Work]:
        return shape, Work(0, 2 * prod(shape) if self.name == "softsign" else 0, 0)


def _apply(keras: Any, path: tuple[Layer, ...], x: Any) -> Any:
    for layer in path:
        x = layer.apply(keras, x)
    return x


def _count(path: tuple[Layer, ...], shape: Shape) -> tuple[Shape, Work]:
    counts = []
    for layer in path:
        shape, found = layer.count(shape)
        counts.append(found)
    return shape, _total(*counts)


def _total(*works: Work) -> Work:
    return Work(
        sum(w.parameters for w in works), sum(w.flops for w in works), sum(w.macs for w in works)
    )


@dataclass(frozen=True, kw_only=True)
class NetworkSpec(ModelSpec):
    """One path of layers over samples of `inputs`."""

    inputs: Shape
    layers: tuple[Layer, ...]

    @property
    def input_shape(self) -> Shape:
        return self.inputs

    @property
    def output_shape(self) -> Shape:
        return _count(self.layers, self.inputs)[0]

    def counts(self) -> Counts:
        work = _count(self.layers, self.inputs)[1]
        return Counts(work.parameters, work.flops // 2, work.macs)

    def build(self, keras: Any, *, export: bool) -> Any:
        x = keras.Input(self.inputs, batch_size=1 if export else None)
        return keras.Model(x, _apply(keras, self.layers, x))
