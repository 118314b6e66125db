"""Rows of float weights in the order of firmware/kernels/rows_f32.h."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_ROWS = 8  # ROWS_F32 of rows_f32.h


def rows_in_eights(weights: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Weights (rows, columns), flat: each eight rows column by column, the rest row by row."""
    rows, columns = weights.shape
    whole = rows // _ROWS * _ROWS
    blocks = weights[:whole].reshape(-1, _ROWS, columns).transpose(0, 2, 1)
    return np.concatenate([blocks.ravel(), weights[whole:].ravel()])
