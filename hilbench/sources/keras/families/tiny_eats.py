"""Tiny Eats GRU (Nyamukuru and Odame, arXiv 2003.06699), reconstructed of what its abstract says.

128 bins of the spectrum of 256 samples at 500 Hz, 4 s of them: 16 frames, half of each new. 26
units are what 12 kB of weights of 8 bits hold.
"""

from __future__ import annotations

from hilbench.sources.keras.stack import Dense, Recurrent, StackSpec

MODELS = (
    StackSpec(
        name="tiny_eats",
        family="tiny_eats",
        dataset="random_tensors",
        loss="sparse_categorical_crossentropy",
        batch_size=32,
        inputs=(16, 128),
        layers=(Recurrent("tiny_eats_gru", 26), Dense(2, "softmax")),
    ),
)
