"""EdgeMark's fully connected and convolutional networks (arXiv 2502.01700), by their shapes.

Its files ask for batch normalisation in some of them, and its code never applies it. The mean of
each map is AVERAGE_POOL_2D here and MEAN there. They are meant to be measured untrained (epochs:
0): what they predict means nothing.
"""

from __future__ import annotations

from hilbench.sources.keras.feedforward import (
    Convolution,
    Dense,
    Flatten,
    GlobalPool,
    Layer,
    MaxPool,
    NetworkSpec,
    Shape,
)

_DIGITS, _COLOURS = (28, 28, 1), (32, 32, 3)


def _network(name: str, inputs: Shape, *layers: Layer) -> NetworkSpec:
    return NetworkSpec(
        name=f"edgemark_{name}",
        family="edgemark",
        dataset="random_classes",
        loss="sparse_categorical_crossentropy" if layers[-1] is _TEN else "mse",
        batch_size=32,
        inputs=inputs,
        layers=layers,
    )


def _fc(number: int, inputs: int, hidden: tuple[int, ...], last: Dense) -> NetworkSpec:
    return _network(f"fc_{number}", (inputs,), *map(Dense, hidden), last)


def _cnn(number: int, inputs: Shape, *layers: Layer) -> NetworkSpec:
    return _network(f"cnn_{number}", inputs, *layers, _TEN)


_ANGLE, _PRICE, _TEN = Dense(1, "sigmoid"), Dense(1, None), Dense(10, "softmax")
_SMALL = Convolution(16), Convolution(16), MaxPool()

MODELS = (
    _fc(0, 1, (), _ANGLE),
    _fc(1, 1, (5,), _ANGLE),
    _fc(2, 1, (10, 10), _ANGLE),
    _fc(3, 50, (16, 8), _TEN),
    _fc(4, 50, (32, 16), _TEN),
    _fc(5, 13, (64, 32, 16), _PRICE),
    _fc(6, 13, (64, 64, 64), _PRICE),
    _fc(7, 128, (64, 32, 16), _TEN),
    _fc(8, 13, (128, 128, 128), _PRICE),
    _fc(9, 784, (60, 32, 16), _TEN),
    _fc(10, 3072, (64, 32, 16), _TEN),
    _cnn(1, _DIGITS, *(Convolution(c, stride=2) for c in (4, 6, 8)), GlobalPool()),
    _cnn(2, _DIGITS, *(Convolution(c, stride=2) for c in (6, 8, 8, 10)), Flatten()),
    _cnn(
        3,
        _DIGITS,
        Convolution(4),
        *(Convolution(c, stride=2) for c in (8, 12, 16, 20)),
        Flatten(),
    ),
    _cnn(
        4,
        _DIGITS,
        *(Convolution(8), Convolution(8, stride=2), Convolution(16), Convolution(16, stride=2)),
        *(Convolution(32), GlobalPool(), Dense(64), Dense(16)),
    ),
    _cnn(
        5,
        _COLOURS,
        *(*_SMALL, Convolution(32, stride=2), Convolution(32), GlobalPool()),
        *(Dense(64), Dense(32)),
    ),
    _cnn(
        6,
        _COLOURS,
        *(*_SMALL, Convolution(32), Convolution(32), MaxPool(), Convolution(64), GlobalPool()),
        *(Dense(100), Dense(50)),
    ),
    _cnn(
        7,
        _COLOURS,
        *(*_SMALL, Convolution(32), Convolution(32), MaxPool()),
        *(Convolution(64), Convolution(64), MaxPool(), Convolution(128), GlobalPool()),
        *(Dense(128), Dense(64)),
    ),
)
