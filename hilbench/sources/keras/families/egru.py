"""The network of the eGRU (Amoh and Odame, arXiv 1902.05026): 24 frames of 64 bands, 3 classes of
coughs or 10 of digits. Weights are of 8 bits here, of 3 in the paper. And the functions of its
table of operations, each for a thousand numbers: milliseconds are microseconds of one."""

from __future__ import annotations

from hilbench.sources.keras.feedforward import Function, NetworkSpec
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


def _function(name: str) -> NetworkSpec:
    return NetworkSpec(
        name=f"egru_{name}",
        family="egru",
        dataset="random_tensors",
        loss="mean_squared_error",
        batch_size=32,
        inputs=(1000,),
        layers=(Function(name),),
    )


MODELS = (
    *(_network(name, classes) for name, classes in (("coughs", 3), ("digits", 10))),
    *(_function(name) for name in ("tanh", "sigmoid", "softsign", "relu")),
)
