"""Voice activity: people who speak, in noise, and whether somebody does.

Spoken messages of the telephone exchange Asterisk, which Debian has as packages: a language is one
speaker. What is speech follows from the recordings, which have hardly any noise; that is added.
"""

from __future__ import annotations

import wave
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hilbench.core.errors import DataError, MissingTool

Floats = NDArray[np.float64]
Part = tuple[Floats, NDArray[np.int64]]

FOLDER = Path("/usr/share/asterisk/sounds")
PACKAGES = "asterisk-core-sounds-{en,es,fr,it,ru}-wav"
SPEAKERS = {
    "train": ("en_US_f_Allison", "es_MX_f_Allison", "it_IT_m_Carlo"),
    "test": ("fr_CA_f_June", "ru_RU_f_IvrvoiceRU"),
}
"""Nobody of the test is in the training, nor is a language."""
WINDOWS = {"train": 1200, "test": 300}
"""Of each speaker."""

RATE, HOP, LENGTH, BANDS, STEPS = 8000, 160, 256, 16, 25
"""Samples a second, between two frames and in one; bands of a frame, and frames of a window."""
MESSAGES = 150
"""Of each speaker, in the order of their names."""
QUIET, CLOSE = -35.0, 5
"""Decibels below the loudest twentieth that are no speech, and pauses of so few frames that are."""
NOISES = (20.0, 10.0, 5.0, 0.0)
"""Decibels that speech is above the noise that is added."""


def windows(part: str, rng: np.random.Generator) -> Part:
    """x (n, STEPS, BANDS), log energies of half a second; y (n), 1 where its end is speech.

    Raises MissingTool where a speaker's recordings are not installed, DataError for others.
    """
    found = [_of_speaker(FOLDER / name, WINDOWS[part], rng) for name in SPEAKERS[part]]
    return np.concatenate([x for x, _ in found]), np.concatenate([y for _, y in found])


def _of_speaker(folder: Path, count: int, rng: np.random.Generator) -> Part:
    clean, noisy = _spoken([_read(path) for path in _messages(folder)], rng)
    bands, speech = _bands(noisy), _speech(clean)
    starts = rng.integers(0, len(bands) - STEPS, count)
    x = np.stack([bands[start : start + STEPS] for start in starts])
    return x, speech[starts + STEPS - 1].astype(np.int64)


def _messages(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.wav"))[:MESSAGES]
    if not found:
        raise MissingTool(f"recordings {folder}", remedy=f"apt-get install {PACKAGES} (Debian)")
    return found


def _read(path: Path) -> Floats:
    """Between -1 and 1."""
    try:
        with wave.open(str(path)) as file:
            form = file.getframerate(), file.getnchannels(), file.getsampwidth()
            data = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise DataError(f"{path}: {str(error) or 'it ends too early'}") from None
    if form != (RATE, 1, 2):
        raise DataError(f"{path}: (rate, channels, bytes) {form} instead of {(RATE, 1, 2)}")
    return np.frombuffer(data, np.int16) / 2**15


def _spoken(messages: Sequence[Floats], rng: np.random.Generator) -> tuple[Floats, Floats]:
    """One after the other with pauses, as they are and in noise of a loudness for each."""
    clean, noise = [], []
    for message in messages:
        said = np.pad(message, tuple(rng.integers(RATE // 2, 2 * RATE, 2)))
        level = np.sqrt((message**2).mean()) / 10 ** (rng.choice(NOISES) / 20)
        clean.append(said)
        noise.append(level * _noise(len(said), rng))
    return np.concatenate(clean), np.concatenate(clean) + np.concatenate(noise)


def _noise(count: int, rng: np.random.Generator) -> Floats:
    """White or pink, of unit variance."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    if rng.random() < 0.5:
        spectrum /= np.sqrt(np.arange(len(spectrum)) + 1.0)
    found = np.fft.irfft(spectrum, count)
    return np.asarray(found / found.std())


def _frames(signal: Floats) -> Floats:
    """(n, LENGTH), the last of which is whole."""
    return np.lib.stride_tricks.sliding_window_view(signal, LENGTH)[::HOP]


def _bands(signal: Floats) -> Floats:
    """(frames, BANDS): logarithms of energies, of bands as wide as the mel scale has them."""
    power = np.abs(np.fft.rfft(_frames(signal) * np.hanning(LENGTH))) ** 2
    lowest, highest = 2595 * np.log10(1 + np.array([80, RATE / 2]) / 700)
    mel = np.linspace(lowest, highest, BANDS + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)
    at = np.fft.rfftfreq(LENGTH, 1 / RATE)
    low, middle, high = (edges[i : BANDS + i, None] for i in range(3))
    weights = np.minimum((at - low) / (middle - low), (high - at) / (high - middle)).clip(0)
    return np.asarray(np.log(power @ weights.T + 1e-6))


def _speech(signal: Floats) -> NDArray[np.bool_]:
    """Of each frame, with short pauses in words."""
    level = 10 * np.log10((_frames(signal) ** 2).mean(1) + 1e-12)
    loud = level > np.quantile(level, 0.95) + QUIET
    places = np.flatnonzero(loud)
    for before, after in pairwise(places):
        if after - before <= CLOSE:
            loud[before:after] = True
    return np.asarray(loud)
