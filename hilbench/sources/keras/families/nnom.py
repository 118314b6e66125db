"""NNoM's rnn-denoise, of the shapes of its example (github.com/majianjia/nnom): five GRUs.

A step of 33 features (13 cepstra, 10 of each of two derivatives) gives 13 gains and whether there
is voice; the state is kept. Both outputs are one vector here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from hilbench.sources.keras.cells.table import ALL
from hilbench.sources.keras.model import Counts, ModelSpec

FEATURES, GAINS = 33, 13
FIRST, VOICE, NOISE, LAST = 96, 24, 48, 64
"""Units: behind the features, of both that hear voices, of noise, and of the gains."""
_PRODUCTS = (
    (FEATURES, FIRST),
    (FIRST, VOICE),
    (VOICE, VOICE),
    (FIRST + 2 * VOICE, NOISE),
    (FIRST + NOISE + VOICE, LAST),
)
"""Inputs and units of each GRU."""


@dataclass(frozen=True, kw_only=True)
class DenoiseSpec(ModelSpec):
    """Trained on sequences of `steps`; exported, an invocation is a step."""

    options: ClassVar[tuple[str, ...]] = ("steps",)

    steps: int = 16

    @property
    def input_shape(self) -> tuple[int, ...]:
        return (self.steps, FEATURES)

    @property
    def invocation_shape(self) -> tuple[int, ...]:
        return (1, FEATURES)

    @property
    def output_shape(self) -> tuple[int, ...]:
        return (1, GAINS + 1)

    def counts(self) -> Counts:
        gru, heads = ALL["gru"], ((LAST, GAINS), (VOICE, 1))
        macs = sum(gru.macs(*each) for each in _PRODUCTS) + sum(m * n for m, n in heads)
        parameters = sum(gru.parameters(*each) for each in _PRODUCTS)
        parameters += sum((m + 1) * n for m, n in heads)
        return Counts(parameters=parameters, macs=macs, matrix_macs=macs)

    def build(self, keras: Any, *, export: bool) -> Any:
        layers, kept = keras.layers, {"stateful": export, "unroll": export}

        def gru(units: int, *given: Any) -> Any:
            x = layers.Concatenate()(given) if len(given) > 1 else given[0]
            return layers.GRU(units, return_sequences=True, **kept)(x)

        shape = self.invocation_shape if export else self.input_shape
        source = layers.Input(shape, batch_size=1 if export else None)
        first = gru(FIRST, source)
        voice = gru(VOICE, first)
        voices = gru(VOICE, voice)
        noise = gru(NOISE, first, voice, voices)
        last = gru(LAST, first, noise, voices)
        heads = [layers.Dense(n, "hard_sigmoid")(x) for n, x in ((GAINS, last), (1, voices))]
        return keras.Model(source, layers.Concatenate()(heads))


MODELS = (
    DenoiseSpec(
        name="nnom_rnn_denoise",
        family="nnom",
        dataset="random_tensors",
        loss="mse",
        batch_size=32,
    ),
)
