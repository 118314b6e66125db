"""The network of the eGRU (Amoh and Odame, arXiv 1902.05026): 24 frames of 64 bands, 3 classes of
coughs or 10 of digits. Weights are of 8 bits here, of 3 in the paper."""

from __future__ import annotations

from hilbench.sources.keras.stack import Dense, Recurrent, StackSpec


def _network(name: str, classes: int) -> StackSpec:
    return StackSpec(
        name=f"egru_{name}",
        family="egru",
        dataset="random_tensors",
        loss="sparse_categorical_crossentropy",
        batch_size=32,
        inputs=(24, 64),
        layers=(
            Recurrent("egru", 30, each_step=True),
            Recurrent("egru", 20),
            Dense(16, "relu"),
            Dense(classes, "softmax"),
        ),
    )


MODELS = (_network("coughs", 3), _network("digits", 10))
