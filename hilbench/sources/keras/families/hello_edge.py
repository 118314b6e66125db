"""The recurrent networks of "Hello Edge" for key words (Zhang and others, arXiv 1711.07128).

As ML-KWS-for-MCU has them: 10 MFCC a step, 40 or 20 ms apart, one second of them; a GRU with the
reset gate before the product, an LSTM, or one with peepholes and a projection; 12 classes after
the last step.
"""

from __future__ import annotations

from hilbench.sources.keras.stack import Dense, Recurrent, StackSpec


def _network(name: str, steps: int, cell: str, units: int) -> StackSpec:
    return StackSpec(
        name=f"hello_edge_{name}",
        family="hello_edge",
        dataset="random_tensors",
        loss="sparse_categorical_crossentropy",
        batch_size=100,
        inputs=(steps, 10),
        layers=(Recurrent(cell, units), Dense(12, "softmax")),
    )


MODELS = (
    _network("gru_s", 25, "gru_reset_before", 154),
    _network("gru_m", 49, "gru_reset_before", 250),
    _network("gru_l", 49, "gru_reset_before", 400),
    _network("basic_lstm_s", 49, "lstm", 118),
    _network("basic_lstm_m", 49, "lstm", 214),
    _network("basic_lstm_l", 49, "lstm", 344),
    _network("lstm_s", 25, "lstm_peephole_projection_98", 144),
    _network("lstm_m", 49, "lstm_peephole_projection_130", 280),
    _network("lstm_l", 49, "lstm_peephole_projection_188", 500),
)
