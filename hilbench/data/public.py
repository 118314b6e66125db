"""Small real data sets by name, of the package scikit-learn: `--data digits`.

Each function gives (x, y) in a fixed shuffled order, as a function of the user's does
(data.function). Classes are numbers from 0. They are copies of data sets of the UCI Machine
Learning Repository (CC BY 4.0), `diabetes` of Efron and others (2004).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hilbench.core import extras

Pair = tuple[NDArray[np.float32], NDArray[Any]]
SEED = 42


def iris() -> Pair:
    """Classification: x (150, 4) of zero mean and unit variance, 3 classes."""
    return _shuffled(*_standardised(extras.sklearn_datasets().load_iris()))


def breast_cancer() -> Pair:
    """Classification: x (569, 30) of zero mean and unit variance, 2 classes."""
    return _shuffled(*_standardised(extras.sklearn_datasets().load_breast_cancer()))


def digits() -> Pair:
    """Sequences: x (1797, 8, 8), the rows of an image in [0, 1] as 8 steps, 10 classes."""
    found = extras.sklearn_datasets().load_digits()
    return _shuffled(found.images / 16, found.target)


def diabetes() -> Pair:
    """Regression: x (442, 10) of zero mean and unit variance, y (442, 1) in [0, 1]."""
    x, y = _standardised(extras.sklearn_datasets().load_diabetes())
    return _shuffled(x, ((y - y.min()) / (y.max() - y.min()))[:, None])


def _standardised(found: Any) -> tuple[NDArray[np.float64], NDArray[Any]]:
    return (found.data - found.data.mean(0)) / found.data.std(0), found.target


def _shuffled(x: NDArray[Any], y: NDArray[Any]) -> Pair:
    order = np.random.default_rng(SEED).permutation(len(x))
    return x[order].astype(np.float32), y[order]
