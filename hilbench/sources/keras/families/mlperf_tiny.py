"""Networks in the shapes of MLPerf Tiny's four benchmarks (Banbury et al., arXiv 2106.07597).

What they cost depends on their shapes, so these have no batch normalisation, which the
converter would fold into weights and bias, and are meant to be measured untrained
(epochs: 0). What they predict means nothing.
"""

from __future__ import annotations

from hilbench.sources.keras.feedforward import (
    Convolution,
    Dense,
    GlobalPool,
    Layer,
    NetworkSpec,
    Residual,
    Shape,
)


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
