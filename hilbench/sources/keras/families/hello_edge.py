"""The GRU networks of "Hello Edge" for key words (Zhang and others, arXiv 1711.07128).

As ML-KWS-for-MCU has them: 10 MFCC a step, 40 ms apart in S and 20 ms in M and L, one second of
them; a GRU with the reset gate before the product; 12 classes after the last step.
"""

from __future__ import annotations

from hilbench.sources.keras.stack import Dense, Recurrent, StackSpec


def _gru(size: str, steps: int, units: int) -> StackSpec:
    return StackSpec(
        name=f"hello_edge_gru_{size}",
        family="hello_edge",
        dataset="random_tensors",
        loss="sparse_categorical_crossentropy",
        batch_size=100,
        inputs=(steps, 10),
        layers=(Recurrent("gru_reset_before", units), Dense(12, "softmax")),
    )


MODELS = (_gru("s", 25, 154), _gru("m", 49, 250), _gru("l", 49, 400))
