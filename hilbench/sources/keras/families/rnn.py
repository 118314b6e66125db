"""Recurrent models: [Embedding ->] SimpleRNN, LSTM or GRU -> Dense at every step.

The networks of EdgeMark's RNN study (A. Hasanpour, arXiv 2502.01700, folder
target_models/.Main/.RNN of its repository) under shorter names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from hilbench.sources.keras.model import Counts, ModelSpec

STEPS, SYMBOLS = 100, 65
"""Of the data set shakespeare; a test compares them."""

Cell = Literal["SimpleRNN", "LSTM", "GRU"]

_GATES = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}
_BIASES = {"SimpleRNN": 1, "LSTM": 4, "GRU": 6}
"""Bias vectors of `units` elements; a GRU with reset_after has two per gate."""

_VECTOR_FLOPS = {"SimpleRNN": 2, "LSTM": 12, "GRU": 14}
"""Additions and products per unit and step outside the matrix products.

SimpleRNN: bias, xW + hU. LSTM: 4 biases, 4 sums xW + hU, 3 products, 1 sum.
GRU: 6 biases and 8 element-wise. Sigmoid and tanh count nothing.
"""

_DENSE_FLOPS = 1
_SOFTMAX_FLOPS = 5
"""Per output and step: its bias, and what the profiler counts for softmax."""


@dataclass(frozen=True, kw_only=True)
class RnnSpec(ModelSpec):
    """`inputs` are features per step, or symbols when there is an `embedding`."""

    options: ClassVar[tuple[str, ...]] = ("units", "embedding", "steps", "batch_size")
    unrolled: ClassVar[bool] = True
    """Whether the exported model has no loop."""

    cell: Cell
    embedding: int | None
    units: int
    steps: int
    inputs: int
    outputs: int

    @property
    def input_shape(self) -> tuple[int, ...]:
        return (self.steps,) if self.embedding else (self.steps, self.inputs)

    @property
    def output_shape(self) -> tuple[int, ...]:
        return (self.steps, self.outputs)

    @property
    def softmax(self) -> bool:
        return self.loss == "sparse_categorical_crossentropy"

    def counts(self) -> Counts:
        """Closed forms in inputs m, units n, outputs o and steps T.

        parameters = gates (m n + n^2) + biases n + n o + o [+ symbols x embedding];
        matrix MACs = T (gates n (m + n) + n o); flops = 2 x that + T (vector n +
        (1 or, with softmax, 6) o), as TensorFlow registers them per operator.
        """
        features = self.embedding or self.inputs
        gates = _GATES[self.cell] * self.units * (features + self.units)
        head = self.units * self.outputs
        table = self.inputs * self.embedding if self.embedding else 0
        head_flops = self.outputs * (_DENSE_FLOPS + self.softmax * _SOFTMAX_FLOPS)
        matrix_macs = self.steps * (gates + head)
        vector_flops = self.steps * (_VECTOR_FLOPS[self.cell] * self.units + head_flops)
        return Counts(
            parameters=table + gates + _BIASES[self.cell] * self.units + head + self.outputs,
            macs=matrix_macs + vector_flops // 2,
            matrix_macs=matrix_macs,
        )

    def build(self, keras: Any, *, export: bool) -> Any:
        """Unrolled for export: TFLM computes Keras' while loops wrongly or hangs in them.

        Training keeps the loop, since tracing 100 unrolled steps with their
        gradients takes minutes.
        """
        layers = keras.layers
        model = keras.Sequential()
        model.add(layers.InputLayer(self.input_shape, batch_size=1 if export else None))
        if self.embedding:
            model.add(layers.Embedding(self.inputs, self.embedding))
        cell = getattr(layers, self.cell)
        model.add(cell(self.units, return_sequences=True, unroll=export and self.unrolled))
        model.add(layers.Dense(self.outputs, activation="softmax" if self.softmax else None))
        return model


def _sequences(
    name: str, cell: Cell, *, features: int, units: int, steps: int = 100, batch_size: int = 64
) -> RnnSpec:
    return RnnSpec(
        name=name,
        family="rnn",
        cell=cell,
        embedding=None,
        units=units,
        steps=steps,
        inputs=features,
        outputs=features,
        dataset="randomset_seq",
        loss="mse",
        batch_size=batch_size,
    )


def _text(name: str, cell: Cell, *, embedding: int, units: int) -> RnnSpec:
    return RnnSpec(
        name=name,
        family="rnn",
        cell=cell,
        embedding=embedding,
        units=units,
        steps=STEPS,
        inputs=SYMBOLS,
        outputs=SYMBOLS,
        dataset="shakespeare",
        loss="sparse_categorical_crossentropy",
        batch_size=64,
    )


MODELS = (
    _sequences("simple_0", "SimpleRNN", features=1, units=1, steps=2, batch_size=32),
    _sequences("simple_1", "SimpleRNN", features=32, units=64),
    _sequences("simple_2", "SimpleRNN", features=64, units=128),
    _text("shakespeare_1", "SimpleRNN", embedding=32, units=64),
    _text("shakespeare_2", "SimpleRNN", embedding=64, units=128),
    _sequences("lstm", "LSTM", features=32, units=64),
    _sequences("gru", "GRU", features=32, units=64),
)
