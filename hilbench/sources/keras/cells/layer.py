"""A cell of the table as a layer of Keras."""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells import base
from hilbench.sources.keras.cells.rounding import rounding_class
from hilbench.sources.keras.cells.skipping import skipping_class
from hilbench.sources.keras.cells.table import ALL

SAVED = {"RecurrentCell": base.__name__, "SkippingCell": skipping_class.__module__}
"""Classes of hilbench that a saved file may have, and the module that Keras writes beside each."""


def saved_classes(keras: Any) -> dict[str, Any]:
    """These by their names, known to Keras under the package `hilbench` as well."""
    return {kind.__name__: kind for kind in (base.layer_class(keras), skipping_class(keras))}


def recurrent(
    keras: Any,
    cell: str,
    units: int,
    features: int,
    *,
    both: bool,
    hard: bool = False,
    delta: float = 0.0,
    rounded: bool = False,
    **options: object,
) -> Any:
    """The layer of `cell`, a name of the table, for steps of so many `features`.

    `both` reads the steps in both directions; `hard` has piecewise linear functions; steps that
    move by no more than `delta` are skipped; a `rounded` one is for training alone, with what int8
    leaves of inputs and states; `options` are those of Keras' RNN.
    """
    own = "" if hard else ALL[cell].keras
    if own and not (delta or rounded):
        layer = getattr(keras.layers, own)(units, **options)
    else:
        kind = base.layer_class(keras)
        one = (
            getattr(keras.layers, f"{own}Cell")(units) if own else kind(cell, units, features, hard)
        )
        if rounded:
            one = rounding_class(keras)(one)
        if delta:
            one = skipping_class(keras)(one, delta, features)
        layer = keras.layers.RNN(one, **options)
    return keras.layers.Bidirectional(layer) if both else layer
