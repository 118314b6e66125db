"""The four LSTM networks of Plumerai's article of November 2022, reconstructed.

The article names them in words alone; layers are those of the Keras and TensorFlow tutorials that
it means, and the sizes those with which its times and RAM agree. Least certain is the length of
the simple one, 64 steps (61 to 72).
"""

from __future__ import annotations

from hilbench.sources.keras.stack import Dense, Embedding, Layer, Recurrent, StackSpec


def _network(
    name: str, dataset: str, inputs: tuple[int, ...], *layers: Layer, loss: str
) -> StackSpec:
    return StackSpec(
        name=f"plumerai_{name}",
        family="plumerai",
        dataset=dataset,
        loss=loss,
        batch_size=32,
        inputs=inputs,
        layers=layers,
        unrolled=False,
    )


_CLASSES = "sparse_categorical_crossentropy"
MODELS = (
    _network(
        "simple_lstm", "random_symbols", (64,),
        Embedding(1000, 64), Recurrent("lstm", 128), Dense(10), loss=_CLASSES,
    ),
    _network(
        "weather_prediction", "random_forecast", (24, 19),
        Recurrent("lstm", 32, each_step=True), Dense(1), loss="mse",
    ),
    _network(
        "text_generation", "shakespeare", (100,),
        Embedding(66, 256), Recurrent("lstm", 256, each_step=True), Dense(66), loss=_CLASSES,
    ),
    _network(
        "bidirectional_lstm", "random_tensors", (5, 10),
        Recurrent("lstm", 64, each_step=True, both=True), Recurrent("lstm", 32, both=True),
        Dense(10), loss=_CLASSES,
    ),
)  # fmt: skip
