"""Samples for a runtime's child, and what it answers: numbered arrays in an .npz."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.generic]

INPUTS, OUTPUTS = "inputs.npz", "outputs.npz"


def write(folder: Path, name: str, arrays: Sequence[Array]) -> None:
    """INPUTS as `input_00` (s, *shape) and so on, OUTPUTS as `output_00`."""
    kind = name.removesuffix("s.npz")
    named = {f"{kind}_{number:02d}": array for number, array in enumerate(arrays)}
    np.savez(folder / name, **named)  # type: ignore[arg-type]


def read(path: Path) -> tuple[Array, ...]:
    """(s, *shape) of each, in their order."""
    with np.load(path, allow_pickle=False) as arrays:
        return tuple(arrays[name] for name in sorted(arrays))
