"""Time series in files of the format .ts, which packages of that field bring with themselves.

Lines that start with # say what it is, those with @ how it is built; below @data each line is a
sample: dimensions that colons part, each of numbers that commas part, then the class.
Format: https://www.aeon-toolkit.org/en/stable/api_reference/file_specifications/ts.html
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hilbench.core.errors import DataError

Series = tuple[list[NDArray[np.float64]], NDArray[np.int64]]


def read(path: Path) -> Series:
    """Samples (steps, dimensions), each of its own steps, and class numbers in the order of the
    file's @classLabel. Raises DataError for another file, OSError."""
    classes: list[str] = []
    samples: list[NDArray[np.float64]] = []
    labels: list[int] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.lower().startswith("@classlabel true"):
            classes = line.split()[2:]
        if not line.strip() or line.startswith(("#", "@")):
            continue
        *dimensions, label = line.strip().split(":")
        try:
            samples.append(np.array([each.split(",") for each in dimensions], np.float64).T)
            labels.append(classes.index(label))
        except ValueError as error:
            raise DataError(f"{path}, line {number}: {error}") from None
    return samples, np.array(labels)


def padded(samples: list[NDArray[np.float64]], steps: int) -> NDArray[np.float64]:
    """All as long as the longest: zeros come before the first step, so that the last is real."""
    return np.stack([np.pad(each, ((steps - len(each), 0), (0, 0))) for each in samples])
