"""SimpleRNN: the state is a function of the input and the state before.

h' = tanh(W x + U h + b)
Elman, "Finding structure in time", 1990. Keras' own layer is what is trained.
"""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells.base import States, Weights, affine, gated


def _step(ops: Any, w: Weights, x: Any, states: States) -> list[Any]:
    return [ops.tanh(affine(ops, w, "h", x, states[0]))]


CELL = gated("h", "simple_rnn", "Elman, Cognitive Science 14, 1990", _step, keras="SimpleRNN")
