"""A cell of the table as a layer of Keras."""

from __future__ import annotations

from typing import Any

from hilbench.sources.keras.cells import base
from hilbench.sources.keras.cells.table import ALL


def recurrent(
    keras: Any,
    cell: str,
    units: int,
    features: int,
    *,
    both: bool,
    hard: bool = False,
    **options: object,
) -> Any:
    """The layer of `cell`, a name of the table, for steps of so many `features`.

    `both` reads the steps in both directions; `hard` has piecewise linear functions; `options`
    are those of Keras' RNN.
    """
    if (own := ALL[cell].keras) and not hard:
        layer = getattr(keras.layers, own)(units, **options)
    else:
        layer = keras.layers.RNN(base.layer_class(keras)(cell, units, features, hard), **options)
    return keras.layers.Bidirectional(layer) if both else layer
