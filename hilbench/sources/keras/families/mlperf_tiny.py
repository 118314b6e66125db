"""Networks in the shapes of MLPerf Tiny's four benchmarks (Banbury et al., arXiv 2106.07597).

What they cost depends on their shapes, so these have no batch normalisation, which the
converter would fold into weights and bias, and are meant to be measured untrained
(epochs: 0). What they predict means nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, Protocol

from hilbench.sources.keras.model import Counts, ModelSpec

Shape = tuple[int, ...]
Pair = tuple[int, int]


class Layer(Protocol):
    def apply(self, keras: Any, x: Any) -> Any:
        """The Keras tensor behind this layer."""

    def count(self, shape: Shape) -> tuple[Shape, Counts]:
        """What becomes of the shape of a sample, and what that takes.

        Macs outside of matrix products are half of an addition or of a softmax's
        five operations; ReLU counts none.
        """


@dataclass(frozen=True)
class Dense:
    units: int
    activation: str | None = "relu"

    def apply(self, keras: Any, x: Any) -> Any:
        return keras.layers.Dense(
            self.units, activation=self.activation, kernel_initializer="he_uniform"
        )(x)

    def count(self, shape: Shape) -> tuple[Shape, Counts]:
        weights = shape[0] * self.units
        flops = self.units * (6 if self.activation == "softmax" else 1)
        return (self.units,), Counts(weights + self.units, weights + flops // 2, weights)


@dataclass(frozen=True)
class Convolution:
    """With padding SAME; depthwise where there are no `filters`."""

    filters: int | None = None
    kernel: Pair = (3, 3)
    stride: int = 1
    activation: str | None = "relu"

    def apply(self, keras: Any, x: Any) -> Any:
        shared: dict[str, Any] = {
            "strides": self.stride,
            "padding": "same",
            "activation": self.activation,
        }
        if self.filters is None:
            # Keras takes all channels for inputs of each output, and signals would fade.
            scale = keras.initializers.VarianceScaling(
                2.0 * x.shape[-1], mode="fan_in", distribution="uniform"
            )
            shared["depthwise_initializer"] = scale
            return keras.layers.DepthwiseConv2D(self.kernel, **shared)(x)
        shared["kernel_initializer"] = "he_uniform"
        return keras.layers.Conv2D(self.filters, self.kernel, **shared)(x)

    def count(self, shape: Shape) -> tuple[Shape, Counts]:
        height, width, inputs = shape
        channels = self.filters or inputs
        out = -(-height // self.stride), -(-width // self.stride), channels
        products = prod(self.kernel) * (inputs if self.filters else 1)
        macs = prod(out) * products
        return out, Counts(channels * (products + 1), macs + prod(out) // 2, macs)


@dataclass(frozen=True)
class Residual:
    """ReLU of the sum of two paths; an empty shortcut is the input itself."""

    body: tuple[Layer, ...]
    shortcut: tuple[Layer, ...] = ()

    def apply(self, keras: Any, x: Any) -> Any:
        total = keras.layers.Add()([_apply(keras, self.body, x), _apply(keras, self.shortcut, x)])
        return keras.layers.Activation("relu")(total)

    def count(self, shape: Shape) -> tuple[Shape, Counts]:
        out, body = _count(self.body, shape)
        addition = Counts(0, prod(out) // 2, 0)
        return out, _total(body, _count(self.shortcut, shape)[1], addition)


@dataclass(frozen=True)
class GlobalPool:
    """The average of each channel."""

    def apply(self, keras: Any, x: Any) -> Any:
        pooled = keras.layers.AveragePooling2D(tuple(x.shape[1:3]))(x)
        return keras.layers.Flatten()(pooled)

    def count(self, shape: Shape) -> tuple[Shape, Counts]:
        return shape[2:], Counts(0, prod(shape) // 2, 0)


def _apply(keras: Any, path: tuple[Layer, ...], x: Any) -> Any:
    for layer in path:
        x = layer.apply(keras, x)
    return x


def _count(path: tuple[Layer, ...], shape: Shape) -> tuple[Shape, Counts]:
    counts = []
    for layer in path:
        shape, found = layer.count(shape)
        counts.append(found)
    return shape, _total(*counts)


def _total(*counts: Counts) -> Counts:
    return Counts(
        sum(c.parameters for c in counts),
        sum(c.macs for c in counts),
        sum(c.matrix_macs for c in counts),
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
        return _count(self.layers, self.inputs)[1]

    def build(self, keras: Any, *, export: bool) -> Any:
        x = keras.Input(self.inputs, batch_size=1 if export else None)
        return keras.Model(x, _apply(keras, self.layers, x))


def _network(name: str, inputs: Shape, *layers: Layer) -> NetworkSpec:
    """Vectors are rebuilt, anything else is told apart, as the data set has it."""
    return NetworkSpec(
        name=name,
        family="mlperf_tiny",
        dataset="random_tensors",
        loss="mse" if len(inputs) == 1 else "sparse_categorical_crossentropy",
        batch_size=32,
        inputs=inputs,
        layers=layers,
    )


def _separable(filters: int, stride: int = 1) -> tuple[Layer, Layer]:
    return Convolution(stride=stride), Convolution(filters, (1, 1))


def _stack(filters: int, stride: int) -> Residual:
    """Of ResNet-8; one that keeps size and channels has no convolution in its shortcut."""
    body = Convolution(filters, stride=stride), Convolution(filters, activation=None)
    shortcut = Convolution(filters, (1, 1), stride, None)
    return Residual(body, () if stride == 1 else (shortcut,))


_MOBILENET = (
    *_separable(16),
    *_separable(32, 2),
    *_separable(32),
    *_separable(64, 2),
    *_separable(64),
    *_separable(128, 2),
    *_separable(128) * 5,
    *_separable(256, 2),
    *_separable(256),
)

MODELS = (
    _network(
        "tiny_ad",
        (640,),
        *[Dense(128)] * 4,
        Dense(8),
        *[Dense(128)] * 4,
        Dense(640, None),
    ),
    _network(
        "tiny_kws",
        (49, 10, 1),
        Convolution(64, (10, 4), 2),
        *_separable(64) * 4,
        GlobalPool(),
        Dense(12, "softmax"),
    ),
    _network(
        "tiny_ic",
        (32, 32, 3),
        Convolution(16),
        _stack(16, 1),
        _stack(32, 2),
        _stack(64, 2),
        GlobalPool(),
        Dense(10, "softmax"),
    ),
    _network(
        "tiny_vww",
        (96, 96, 3),
        Convolution(8, stride=2),
        *_MOBILENET,
        GlobalPool(),
        Dense(2, "softmax"),
    ),
)
