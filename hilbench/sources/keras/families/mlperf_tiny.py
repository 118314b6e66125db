"""Networks in the shapes of MLPerf Tiny's four benchmarks (Banbury et al., arXiv 2106.07597).

What they cost depends on their shapes, so these have no batch normalisation, which the
converter would fold into weights and bias, and are meant to be measured untrained
(epochs: 0). What they predict means nothing.

In one of the benchmark's files half of the work belongs to channels that are constant for every
input, which an engine may leave out. `tiny_vww_dead` has as many of them in each layer as the
compiler of `aot` leaves out of vww_96_int8.tflite (mlcommons/tiny, v1.0), `tiny_vww` none.
"""

from __future__ import annotations

from collections.abc import Sequence

from hilbench.sources.keras.feedforward import (
    Convolution,
    Dense,
    GlobalPool,
    Layer,
    NetworkSpec,
    PartlyDead,
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


def _separable(filters: int, stride: int = 1) -> tuple[Convolution, Convolution]:
    return Convolution(stride=stride), Convolution(filters, (1, 1))


def _stack(filters: int, stride: int) -> Residual:
    """Of ResNet-8; one that keeps size and channels has no convolution in its shortcut."""
    body = Convolution(filters, stride=stride), Convolution(filters, activation=None)
    shortcut = Convolution(filters, (1, 1), stride, None)
    return Residual(body, () if stride == 1 else (shortcut,))


_MOBILENET = (
    *((16, 1), (32, 2), (32, 1), (64, 2), (64, 1), (128, 2)),
    *((128, 1),) * 5,
    *((256, 2), (256, 1)),
)
"""Filters of each pointwise convolution, and the stride of the depthwise one before it."""

_DEAD = (0, 0, 0, 0, 0, 16, 56, 88, 104, 104, 88, 200, 232)
"""Filters of each pointwise convolution of vww_96_int8.tflite that passes/constant_channels.py
cuts out: of 7,489,664 multiply-accumulates 3,992,016 are left."""


def _visual_wake_words(name: str, dead: Sequence[int]) -> NetworkSpec:
    blocks = zip(_MOBILENET, dead, strict=True)
    layers = [layer for sizes, count in blocks for layer in _partly_dead(*sizes, count)]
    ends = GlobalPool(), Dense(2, "softmax")
    return _network(name, (96, 96, 3), Convolution(8, stride=2), *layers, *ends)


def _partly_dead(filters: int, stride: int, dead: int) -> tuple[Layer, Layer]:
    depthwise, pointwise = _separable(filters, stride)
    return depthwise, PartlyDead(pointwise, dead) if dead else pointwise


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
    _visual_wake_words("tiny_vww", (0,) * len(_MOBILENET)),
    _visual_wake_words("tiny_vww_dead", _DEAD),
)
