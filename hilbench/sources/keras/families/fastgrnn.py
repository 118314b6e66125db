"""The networks of FastGRNN with their ranks (Kusupati and others, arXiv 1901.02358, table 11).

Weights are dense here, and three tenths of them in the paper.
"""

from __future__ import annotations

from hilbench.sources.keras.stack import Dense, Recurrent, StackSpec


def _network(
    name: str, inputs: tuple[int, int], units: int, ranks: tuple[int, int], classes: int
) -> StackSpec:
    return StackSpec(
        name=f"fastgrnn_{name}",
        family="fastgrnn",
        dataset="random_tensors",
        loss="sparse_categorical_crossentropy",
        batch_size=100,
        inputs=inputs,
        layers=(Recurrent("fastgrnn_rank_{}_{}".format(*ranks), units), Dense(classes, "softmax")),
    )


MODELS = (
    _network("har_2", (128, 9), 80, (5, 40), 2),
    _network("wakeword_2", (162, 32), 32, (10, 15), 2),
    _network("google_12", (99, 32), 100, (16, 25), 12),
)
