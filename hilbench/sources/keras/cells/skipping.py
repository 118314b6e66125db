"""A recurrent cell that rests in a step of which no input has moved far."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from hilbench.core import extras


def _of_each(tf: Any, furthest: Any, least: float) -> Callable[[Any, Any], Any]:
    """What the states of each sample of a batch become."""
    return lambda after, before: tf.where(furthest > least, after, before)


def _chosen(tf: Any, furthest: Any, least: float) -> Callable[[Any, Any], Any]:
    """The same of one sample, in a form of which the converter makes int8 alone.

    It has SELECT_V2 in float, so one of two tensors is gathered by its number. What is read of a
    variable has integers only where something is computed of it: a product with one, which is
    exact, as 255 of 255 steps. A sum with zero would be too, but a tensor that is always zero has
    next to no range, and what lies between its scale and another's overflows 32 bits.
    """
    number = tf.cast(tf.reshape(furthest > least, ()), tf.int32)
    one = tf.maximum(1.0 - furthest, 1.0)
    return lambda after, before: tf.gather(tf.stack([before * one, after]), number)


@cache
def skipping_class(keras: Any) -> Any:
    """A trainable, serialisable cell for keras.layers.RNN around another one, `kind(cell, least,
    features)`: where no input has moved by more than `least` since the last step that was taken,
    the state stays. The inputs of that step are a state of its own, zeros at first.
    """

    @keras.utils.register_keras_serializable("hilbench")
    class SkippingCell(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self, cell: Any, least: float, features: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.cell, self.least, self.features = cell, least, features
            sizes = cell.state_size
            self.state_size = [*(sizes if isinstance(sizes, Sequence) else [sizes]), features]
            self.output_size = cell.output_size

        def build(self, input_shape: Any) -> None:
            self.cell.build(input_shape)
            self.built = True

        def call(self, x: Any, states: Any) -> Any:
            tf = extras.tensorflow()
            _, new = self.cell(x, states[:-1])
            furthest = tf.reduce_max(tf.abs(x - states[-1]), axis=-1, keepdims=True)
            choose = (_chosen if x.shape[0] == 1 else _of_each)(tf, furthest, self.least)
            pairs = zip([*tf.nest.flatten(new), x], states, strict=True)
            kept = [choose(after, before) for after, before in pairs]
            return kept[0], kept

        def get_config(self) -> dict[str, Any]:
            cell = keras.layers.serialize(self.cell)
            own = {"cell": cell, "least": self.least, "features": self.features}
            return {**super().get_config(), **own}

        @classmethod
        def from_config(cls, config: dict[str, Any]) -> Any:
            return cls(keras.layers.deserialize(config.pop("cell")), **config)

    return SkippingCell
