"""Batch normalisation of the products of a cell's inputs, in training; folded for what runs.

W x of all gates is one dense layer without a bias and a BatchNormalization over batch and steps,
and the cell adds U h: a' = gamma (W x - mu) / sqrt(v + epsilon) + beta + U h. The cell that is
exported has W' = gamma W / sqrt(v + epsilon) and b' = beta - gamma mu / sqrt(v + epsilon).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hilbench.sources.keras.cells.base import Cell, States, Weights

Floats = NDArray[np.float32]

EPSILON = 1e-3


def of_products(cell: Cell) -> Cell:
    """The cell of which an input is what `cell.normalised` gates have of theirs, side by side."""
    gates = cell.normalised

    def step(ops: Any, w: Weights, x: Any, states: States) -> Sequence[Any]:
        n = states[0].shape[-1]
        part = np.eye(len(gates) * n, dtype=np.float32)
        given = {f"w{gate}": part[:, k * n : (k + 1) * n] for k, gate in enumerate(gates)}
        return cell.step(ops, {**w, **given, **{f"b{gate}": 0.0 for gate in gates}}, x, states)

    return replace(
        cell,
        name=f"{cell.name}_normalised",
        weights=lambda m, n: {
            key: shape for key, shape in cell.weights(m, n).items() if key.startswith("u")
        },
        step=step,
        normalised="",
    )


def layers(keras: Any, cell: Cell, units: int) -> tuple[Any, Any]:
    """The dense layer and the normalisation in front of that cell."""
    wide = keras.layers.Dense(len(cell.normalised) * units, use_bias=False)
    return wide, keras.layers.BatchNormalization(epsilon=EPSILON)


def folded(cell: Cell, weights: Sequence[Floats]) -> list[Floats]:
    """Those of `cell`, of what both layers and the cell of products were trained to."""
    kernel, gamma, beta, mean, variance, *states = weights
    scale = gamma / np.sqrt(variance + EPSILON)
    count = len(cell.normalised)
    w = np.split(kernel * scale, count, axis=1)
    b = np.split(beta - scale * mean, count)
    return [each for parts in zip(w, states, b, strict=True) for each in parts]
