"""Constants of FULLY_CONNECTED, CONV_2D and DEPTHWISE_CONV_2D in int8."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hilbench.engines.aot.numerics.affine import Affine
from hilbench.engines.aot.numerics.fixed_point import quantize_multiplier


def row_sums(weights: npt.NDArray[np.int8]) -> npt.NDArray[np.int32]:
    """Sum of each row of weights (rows, columns) int8: (rows,) int32."""
    return np.asarray(weights.sum(axis=1, dtype=np.int32))


def per_channel_multipliers(
    source: Affine, weight_scales: Sequence[float], out: Affine, channels: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int8]]:
    """(multipliers, shifts), each (channels,).

    For convolutions always (a single weight scale is repeated), for
    FULLY_CONNECTED when there is a weight scale per row.
    """
    scales = list(weight_scales) * (channels if len(weight_scales) == 1 else 1)
    pairs = [quantize_multiplier(source.scale * scale / out.scale) for scale in scales]
    multipliers, shifts = zip(*pairs, strict=True)
    return np.array(multipliers, np.int32), np.array(shifts, np.int8)
