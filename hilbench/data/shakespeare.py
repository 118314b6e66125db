"""Characters of a play, the target one character ahead.

The user's own copy of the public tiny-Shakespeare text, or synthetic text. As in
EdgeMark's `shakespeare`, ids are positions among the sorted symbols of the text,
kept as float32, and sequences are cut one after the other, then shuffled. (The
published order came from TensorFlow's shuffle and is not reproduced.)

One thing differs: an id is fed as id + 0.5. The embedding cuts it off to the id
all the same, but an int8 input has steps of about 64 / 255, of which the integers
are no multiples: as plain numbers, every id from 32 to 63 comes out of
quantization just below itself and is cut off to its neighbour.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hilbench.config.experiment import Data
from hilbench.core import files, hashing
from hilbench.core.errors import UsageError
from hilbench.data import SEED, TEST_RATIO, Floats, Samples, markov

SYMBOLS = 65
"""Of tiny-Shakespeare: newline, space, !$&',-.3:;? and the letters."""

LARGEST_TEXT = 64 * files.MIB
STEPS = 100
ID_MIDDLE = 0.5
SYNTHETIC_SEQUENCES = 2500


@dataclass(frozen=True)
class Characters:
    name: str = "shakespeare"
    reads_text: bool = True

    def training_samples(self, data: Data) -> int:
        if data.text is None:
            return _training(SYNTHETIC_SEQUENCES)
        return _training(len(read_text(Path(data.text).expanduser(), data)) // (STEPS + 1))

    def fingerprint(self, data: Data) -> dict[str, str]:
        if data.text is None:
            return {"seed_text": hashing.of_file(markov.SEED_TEXT)}
        path = Path(data.text).expanduser()
        read_text(path, data)
        return {"text": hashing.of_file(path)}

    def load(self, shape: tuple[int, ...], data: Data) -> Samples:  # noqa: ARG002 - one shape fits all
        """`x` and `y` (n, 100): n is 2000 for synthetic text."""
        if data.text is None:
            text = markov.text(SYNTHETIC_SEQUENCES * (STEPS + 1), SEED)
            return _samples(text, f"synthetic Markov text, seed {SEED}")
        path = Path(data.text).expanduser()
        return _samples(read_text(path, data), f"file {path.name} sha256 {hashing.of_file(path)}")


def read_text(path: Path, data: Data) -> str:
    """The user's text, known to be usable.

    Raises UsageError when it cannot be read, is not UTF-8, has too many symbols
    or too few characters for the samples that are asked for.
    """
    try:
        text = files.read(path, LARGEST_TEXT).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"data.text: {path} is not a UTF-8 text file") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"data.text: {path}: {files.why(error)}") from error
    if (symbols := len(set(text))) > SYMBOLS:
        message = f"data.text: {path} has {symbols} different characters"
        raise UsageError(message, remedy=f"the models know {SYMBOLS}")
    needed = data.representative + data.samples
    if (found := _training(len(text) // (STEPS + 1))) < needed:
        message = f"data.text: {path} is too short: {found} training sequences"
        raise UsageError(message, remedy=f"{needed} are calibration and error samples")
    return text


def _training(sequences: int) -> int:
    return int((1 - TEST_RATIO) * sequences)


def _samples(text: str, origin: str) -> Samples:
    sequences = _ids(text)[: len(text) // (STEPS + 1) * (STEPS + 1)].reshape(-1, STEPS + 1)
    order = np.random.RandomState(SEED).permutation(len(sequences))
    train = sequences[order[: _training(len(sequences))]]
    ids = train[:, :-1]
    return Samples(ids + np.float32(ID_MIDDLE), train[:, 1:], ids, origin)


def _ids(text: str) -> Floats:
    """Each character's position among the sorted characters of the text."""
    position = {symbol: index for index, symbol in enumerate(sorted(set(text)))}
    return np.array([position[symbol] for symbol in text], np.float32)


DATASET = Characters()
