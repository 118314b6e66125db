"""A recurrent cell that is trained with the rounding of int8 in what its products take."""

from __future__ import annotations

from functools import cache
from typing import Any

from hilbench.core import extras

_LEAST = 1e-6
"""Of a range: all zeros, as states begin, stay zeros."""


@cache
def rounding_class(keras: Any) -> Any:
    """A trainable, serialisable cell for keras.layers.RNN around another one, `kind(cell)`: inputs
    and states of a step have 256 values between their least and greatest of the batch, with the
    gradients of those that are not rounded (Jacob and others, arXiv 1712.05877).
    """

    @keras.utils.register_keras_serializable("hilbench")
    class RoundingCell(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self, cell: Any, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.cell, self.state_size, self.output_size = cell, cell.state_size, cell.output_size

        def build(self, input_shape: Any) -> None:
            self.cell.build(input_shape)
            self.built = True

        def call(self, x: Any, states: Any) -> Any:
            return self.cell(_rounded(x), [_rounded(state) for state in states])

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "cell": keras.layers.serialize(self.cell)}

        @classmethod
        def from_config(cls, config: dict[str, Any]) -> Any:
            return cls(keras.layers.deserialize(config.pop("cell")), **config)

    return RoundingCell


def _rounded(values: Any) -> Any:
    tf = extras.tensorflow()
    low = tf.minimum(tf.reduce_min(values), -_LEAST)
    high = tf.maximum(tf.reduce_max(values), _LEAST)
    return tf.quantization.fake_quant_with_min_max_vars(values, low, high)
