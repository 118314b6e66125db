"""The digits of TinyMaix's benchmark (github.com/sipeed/TinyMaix, benchmark.md).

It is "4->8->16, pad valid" there, and meant to be measured untrained (epochs: 0).
"""

from __future__ import annotations

from hilbench.sources.keras.feedforward import Convolution, Dense, GlobalPool, NetworkSpec

MODELS = (
    NetworkSpec(
        name="tinymaix_mnist",
        family="tinymaix",
        dataset="random_classes",
        loss="sparse_categorical_crossentropy",
        batch_size=32,
        inputs=(28, 28, 1),
        layers=(
            *(Convolution(filters, stride=2, padding="valid") for filters in (4, 8, 16)),
            GlobalPool(),
            Dense(10, "softmax"),
        ),
    ),
)
