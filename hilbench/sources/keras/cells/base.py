"""What a cell's file says, and the Keras layer that all of them share.

Sizes are m inputs and n units; x is (batch, m), a state (batch, size), W an input's and U a
state's weights. A product with W or U is `ops.matmul`, everything else is element by element.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

from hilbench.core import extras

Shapes = Mapping[str, tuple[int, ...]]
Weights = Mapping[str, Any]
States = Sequence[Any]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """`step(ops, w, x, states)` gives the new states, of which the first is the output.

    `weights(m, n)` are shapes by name; `states(n)` are sizes.
    `parameters` and `macs`, of one step, are closed forms in m and n. `source` is where the
    equations are from.
    """

    name: str
    source: str
    weights: Callable[[int, int], Shapes]
    step: Callable[[Any, Weights, Any, States], Sequence[Any]]
    parameters: Callable[[int, int], int]
    macs: Callable[[int, int], int]
    states: Callable[[int], tuple[int, ...]] = lambda n: (n,)


def gated(
    gates: str, name: str, source: str, step: Callable[[Any, Weights, Any, States], Sequence[Any]]
) -> Cell:
    """A cell of one state whose `gates`, a letter each, have weights W and U and a bias."""
    count = len(gates)
    return Cell(
        name=name,
        source=source,
        weights=lambda m, n: {
            key: shape
            for gate in gates
            for key, shape in ((f"w{gate}", (m, n)), (f"u{gate}", (n, n)), (f"b{gate}", (n,)))
        },
        step=step,
        parameters=lambda m, n: count * (m * n + n * n + n),
        macs=lambda m, n: count * n * (m + n),
    )


def affine(ops: Any, w: Weights, gate: str, x: Any, h: Any) -> Any:
    """W x + U h + b of a gate, (batch, n)."""
    return ops.matmul(x, w[f"w{gate}"]) + ops.matmul(h, w[f"u{gate}"]) + w[f"b{gate}"]


def ops(tf: Any) -> SimpleNamespace:
    """The functions that steps use; softsign by its definition, which TFLite has operators for."""
    return SimpleNamespace(
        matmul=tf.matmul,
        sigmoid=tf.sigmoid,
        tanh=tf.tanh,
        relu=tf.nn.relu,
        softsign=lambda x: x / (1.0 + tf.abs(x)),
    )


@cache
def layer_class(keras: Any) -> Any:
    """A trainable, serialisable cell for keras.layers.RNN: `kind(name_of_cell, units)`."""

    @keras.utils.register_keras_serializable("hilbench")
    class RecurrentCell(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self, cell: str, units: int, **kwargs: Any) -> None:
            from hilbench.sources.keras.cells import table

            super().__init__(**kwargs)
            self.cell, self.units = table.CELLS[cell], units
            self.state_size = list(self.cell.states(units))
            self.output_size = self.state_size[0]

        def build(self, input_shape: Any) -> None:
            shapes = self.cell.weights(int(input_shape[-1]), self.units)
            self.held = {
                name: self.add_weight(
                    name=name,
                    shape=shape,
                    initializer="glorot_uniform" if len(shape) > 1 else "zeros",
                )
                for name, shape in shapes.items()
            }
            self.built = True

        def call(self, x: Any, states: Any) -> Any:
            new = list(self.cell.step(ops(extras.tensorflow()), self.held, x, states))
            return new[0], new

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "cell": self.cell.name, "units": self.units}

    return RecurrentCell
