"""What a cell's file says, and the Keras layer that all of them share.

Sizes are m inputs and n units; x is (batch, m), a state (batch, size), W an input's and U a
state's weights. A product with W or U is `ops.matmul`, everything else is element by element;
a cell over maps has `ops.convolve`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hilbench.core import extras

Shapes = Mapping[str, tuple[int, ...]]
Weights = Mapping[str, Any]
States = Sequence[Any]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """`step(ops, w, x, states)` gives the new states, of which the first is the output.

    `weights(m, n)` are shapes by name; `states(m, n)` are sizes.
    `parameters`, and `macs` and `activations` (values that a non-linear function is evaluated for)
    of one step, are closed forms in m and n. `source` is where the equations are from. Training
    begins with weights that are `starts` all over where it names them; `fixed(m, n)` are values
    that are not trained. `keras` is Keras' own layer, where it has one: that is what is built then.
    `normalised` are the gates of which W x is batch-normalised in training (cells.normalised).
    """

    name: str
    source: str
    weights: Callable[[int, int], Shapes]
    step: Callable[[Any, Weights, Any, States], Sequence[Any]]
    parameters: Callable[[int, int], int]
    macs: Callable[[int, int], int]
    activations: Callable[[int, int], int]
    states: Callable[[int, int], tuple[int, ...]] = lambda _m, n: (n,)
    starts: Mapping[str, float] = field(default_factory=dict)
    fixed: Callable[[int, int], Mapping[str, NDArray[np.float64]]] = lambda _m, _n: {}
    keras: str = ""
    normalised: str = ""


def gated(
    gates: str,
    name: str,
    source: str,
    step: Callable[[Any, Weights, Any, States], Sequence[Any]],
    *,
    states: int = 1,
    after: int = 0,
    keras: str = "",
) -> Cell:
    """A cell whose `gates`, a letter each, have weights W and U, a bias and an activation;
    `after` more activations have none."""
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
        activations=lambda _m, n: (count + after) * n,
        states=lambda _m, n: (n,) * states,
        keras=keras,
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
        maps=lambda x, maps: tf.reshape(x, (-1, x.shape[-1] // maps, maps)),
        convolve=lambda x, kernel: tf.nn.conv1d(x, kernel, 1, "SAME"),
        flat=lambda x: tf.reshape(x, (-1, x.shape[-2] * x.shape[-1])),
    )


def hard_ops(tf: Any) -> SimpleNamespace:
    """The same with piecewise linear functions: sigmoid relu6(x + 3) / 6, tanh and softsign cut off
    at -1 and 1."""

    def cut_off(x: Any) -> Any:
        return tf.maximum(tf.minimum(x, 1.0), -1.0)

    changes = {
        "sigmoid": lambda x: tf.nn.relu6(x + 3.0) * (1 / 6),
        "tanh": cut_off,
        "softsign": cut_off,
    }
    return SimpleNamespace(**{**vars(ops(tf)), **changes})


@cache
def layer_class(keras: Any) -> Any:
    """A trainable, serialisable cell for keras.layers.RNN, `kind(name, units, inputs)`, with
    piecewise linear functions where it is `hard`."""

    @keras.utils.register_keras_serializable("hilbench")
    class RecurrentCell(keras.layers.Layer):  # type: ignore[misc]
        def __init__(
            self,
            cell: str,
            units: int,
            inputs: int,
            hard: bool = False,
            **kwargs: Any,
        ) -> None:
            from hilbench.sources.keras.cells import table

            super().__init__(**kwargs)
            self.cell, self.units, self.inputs = table.ALL[cell], units, inputs
            self.hard = hard
            self.state_size = list(self.cell.states(inputs, units))
            self.output_size = self.state_size[0]

        def build(self, input_shape: Any) -> None:
            del input_shape
            sizes = self.inputs, self.units
            fixed = self.cell.fixed(*sizes)
            self.held = {
                name: self.add_weight(
                    name=name,
                    shape=shape,
                    initializer=_initial(keras, self.cell, name, shape, fixed),
                    trainable=name not in fixed,
                )
                for name, shape in self.cell.weights(*sizes).items()
            }
            self.built = True

        def call(self, x: Any, states: Any) -> Any:
            functions = (hard_ops if self.hard else ops)(extras.tensorflow())
            new = list(self.cell.step(functions, self.held, x, states))
            return new[0], new

        def get_config(self) -> dict[str, Any]:
            own = {"cell": self.cell.name, "units": self.units, "inputs": self.inputs}
            return {**super().get_config(), **own, "hard": self.hard}

    return RecurrentCell


def _initial(
    keras: Any,
    cell: Cell,
    name: str,
    shape: tuple[int, ...],
    fixed: Mapping[str, NDArray[np.float64]],
) -> Any:
    """As Keras' own cells begin: orthogonal for the state's weights, zeros for biases."""
    if name in fixed:
        return keras.initializers.Constant(fixed[name])
    if name in cell.starts:
        return keras.initializers.Constant(cell.starts[name])
    if len(shape) == 1:
        return "zeros"
    return "orthogonal" if name.startswith("u") and len(shape) == 2 else "glorot_uniform"
