"""TRANSPOSE_CONV seen from the input: which taps an output meets depends on its place in a block.

An output is at stride * m + phase, and the tap f at filter * stride apart from the input i where
f = stride * m + phase + padding - stride * i. So outputs of a phase are a convolution of the
input, with the taps f of which phase + padding - f is a multiple of the stride.
Source: Shi et al., arXiv:1609.05158, equation 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Phases:
    """Along one axis: `taps` has (phase, tap, position in a window of `length`)."""

    count: int
    taps: tuple[tuple[int, int, int], ...]
    length: int
    padding: int
    """Inputs before the window's output, block by block."""


def phases(filter_length: int, stride: int, padding: int) -> Phases:
    """Of outputs that begin `padding` behind the first that the filter reaches."""
    places = [
        (phase, tap, (phase + padding - tap) // stride)
        for phase in range(stride)
        for tap in range((phase + padding) % stride, filter_length, stride)
    ]
    offsets = [0, *(offset for _, _, offset in places)]
    first, last = min(offsets), max(offsets)
    taps = tuple((phase, tap, offset - first) for phase, tap, offset in places)
    return Phases(stride, taps, last - first + 1, -first)


def weights_by_phase(weights: npt.NDArray[Any], rows: Phases, columns: Phases) -> npt.NDArray[Any]:
    """Weights (out, height, width, in) as those of convolutions, zeros where there is no tap:
    (phases of rows, phases of columns * out, rows of a window, columns of it, in)."""
    out, _, _, channels = weights.shape
    shape = (rows.count, columns.count, out, rows.length, columns.length, channels)
    found = np.zeros(shape, weights.dtype)
    for y, tap_y, place_y in rows.taps:
        for x, tap_x, place_x in columns.taps:
            found[y, x, :, place_y, place_x] = weights[:, tap_y, tap_x]
    return found.reshape(rows.count, columns.count * out, *shape[3:])
