"""LSTM networks that are exported as a loop, which the converter turns into one operator.

tf_keras marks the function of an LSTM layer, and the converter replaces marked
functions by UNIDIRECTIONAL_SEQUENCE_LSTM. In int8 this operator keeps its cell
state in 16 bits, so that it is smaller and more accurate than the unrolled
layer. Other cells have no such operator; their loops run wrong or not at all
in TFLM (rnn.py).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from hilbench.sources.keras.families import rnn


@dataclass(frozen=True, kw_only=True)
class FusedSpec(rnn.RnnSpec):
    """The model of an RnnSpec with the cell LSTM; training and weights are the same."""

    unrolled: ClassVar[bool] = False

    def counted(self, keras: Any, exported: Any) -> Any:
        """The unrolled model, which does the same work."""
        del exported
        return rnn.RnnSpec(**asdict(self)).build(keras, export=True)


def _fused(row: rnn.RnnSpec) -> FusedSpec:
    return FusedSpec(**{**asdict(row), "name": f"{row.name}_fused", "family": "rnn_fused"})


MODELS = tuple(_fused(row) for row in rnn.MODELS if row.cell == "LSTM")
