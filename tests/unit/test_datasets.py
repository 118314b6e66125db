from __future__ import annotations

import hashlib
import string
from pathlib import Path

import numpy as np
import pytest

from hilbench import data as datasets
from hilbench.config.experiment import Data
from hilbench.core.artifacts import Network, TensorSpec
from hilbench.core.deadline import Deadline
from hilbench.core.errors import DataError, UsageError
from hilbench.data import markov, match
from hilbench.data.files import Arrays
from hilbench.data.shakespeare import STEPS, SYMBOLS
from hilbench.pipeline import given
from hilbench.sources.keras import catalogue
from hilbench.sources.keras.families import rnn
from hilbench.tflite.quantize import dequantize, quantize

A_HUNDRED = "".join(map(chr, range(33, 133)))
TINY_SHAKESPEARE = set("\n !$&',-.3:;?" + string.ascii_letters)
RANDOM, TEXT = datasets.find("randomset_seq"), datasets.find("shakespeare")
SIMPLE_0, CHARACTERS = catalogue.find("simple_0"), catalogue.find("shakespeare_1")


def write(folder: Path, text: str) -> Data:
    path = folder / "play.txt"
    path.write_text(text, encoding="utf-8")
    return Data(text=str(path))


def test_random_sequences_are_the_published_ones() -> None:
    """numpy's RandomState(42), 1000 sequences, the first 200 for testing."""
    samples = RANDOM.load(SIMPLE_0.input_shape, Data())
    published = np.random.RandomState(42).rand(1000, 3, 1).astype(np.float32)[200:]
    np.testing.assert_array_equal(samples.x, published[:, :2])
    np.testing.assert_array_equal(samples.y, published[:, 1:])
    assert samples.x.dtype == samples.y.dtype == np.float32


def test_markov_text_has_each_symbol_of_tiny_shakespeare() -> None:
    assert set(markov.SEED_TEXT.read_text(encoding="utf-8")) == TINY_SHAKESPEARE
    assert set(markov.text(252_500, 42)) == TINY_SHAKESPEARE


def test_markov_text_is_the_same_everywhere() -> None:
    digest = hashlib.sha256(markov.text(10_000, 42).encode()).hexdigest()
    assert digest == "21a2287992f870fcfce7f2a1f93b1a13c548c5a9eee0faaa1119711b8f948a40"
    assert markov.text(10_000, 43) != markov.text(10_000, 42)


def test_synthetic_text_calls_itself_synthetic() -> None:
    samples = TEXT.load(CHARACTERS.input_shape, Data())
    assert samples.origin == "synthetic Markov text, seed 42"
    assert samples.x.shape == samples.y.shape == (2000, 100)


def test_targets_are_the_next_characters() -> None:
    samples = TEXT.load(CHARACTERS.input_shape, Data())
    np.testing.assert_array_equal(np.trunc(samples.x[:, 1:]), samples.y[:, :-1])
    assert set(np.unique(samples.y)) == set(range(65))


@pytest.mark.parametrize("highest", [62, 63, 64])
def test_ids_survive_an_int8_input(highest: int) -> None:
    """Whatever the highest calibrated id is; the device cuts the real value off."""
    ids = np.arange(highest + 1)
    scale = (highest + 0.5) / 255
    arrived = dequantize(quantize(ids + 0.5, scale, -128, "int8"), scale, -128)
    np.testing.assert_array_equal(np.trunc(arrived), ids)


def test_plain_ids_would_not_survive() -> None:
    """Why samples are id + 0.5, and why the published int8 models misread text."""
    ids, scale = np.arange(65), 0.250980406999588  # as the converter calibrates 0..64
    arrived = dequantize(quantize(ids.astype(float), scale, -128, "int8"), scale, -128)
    assert list(ids[np.trunc(arrived) != ids]) == list(range(32, 64))


def test_users_text_is_used_and_named(tmp_path: Path) -> None:
    data = write(tmp_path, "to be, or not to be\n" * 2000)
    samples = TEXT.load(CHARACTERS.input_shape, data)
    digest = hashlib.sha256((tmp_path / "play.txt").read_bytes()).hexdigest()
    assert samples.origin == f"file play.txt sha256 {digest}"
    assert TEXT.fingerprint(data) == {"text": digest}
    assert samples.x.shape == (int(0.8 * (40_000 // 101)), 100)


def test_users_text_decides_the_fingerprint_not_its_name(tmp_path: Path) -> None:
    before = TEXT.fingerprint(write(tmp_path, "abc " * 9000))
    assert before != TEXT.fingerprint(write(tmp_path, "abd " * 9000))
    renamed = (tmp_path / "play.txt").rename(tmp_path / "other.txt")
    renamed.write_text("abc " * 9000)
    assert before == TEXT.fingerprint(Data(text=str(renamed)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (A_HUNDRED * 500, r"has 100 different characters \(the models know 65\)"),
        ("short", r"is too short: 0 training sequences \(210 are calibration and error samples\)"),
        ("", "is too short"),
    ],
)  # fmt: skip
def test_unusable_text_is_one_clear_error(tmp_path: Path, text: str, message: str) -> None:
    data = write(tmp_path, text)
    for use in (TEXT.fingerprint, lambda data: TEXT.load(CHARACTERS.input_shape, data)):
        with pytest.raises(UsageError, match=rf"^data\.text: .*play\.txt {message}"):
            use(data)


def test_text_that_is_not_utf8_or_not_there(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9 " * 9000)
    with pytest.raises(UsageError, match=r"latin\.txt is not a UTF-8 text file"):
        TEXT.fingerprint(Data(text=str(tmp_path / "latin.txt")))
    with pytest.raises(UsageError, match=r"gone\.txt: No such file"):
        TEXT.fingerprint(Data(text=str(tmp_path / "gone.txt")))


def chosen(samples: datasets.Samples, data: Data) -> match.Chosen:
    spec = TensorSpec("input", (1, *samples.x.shape[1:]), "float32")
    arrays = Arrays({"x": samples.x, "y": samples.y}, samples.origin, "the data set")
    return match.choose(arrays, (spec,), (), data)


def test_calibration_and_error_samples_never_overlap() -> None:
    samples = RANDOM.load(SIMPLE_0.input_shape, Data())
    found = chosen(samples, Data(representative=200, samples=10))
    np.testing.assert_array_equal(found.calibration[0][:, 0], samples.x[:200])
    np.testing.assert_array_equal(found.inputs[0][:, 0], samples.x[200:210])


def test_published_samples_are_plain_ids() -> None:
    samples = TEXT.load(CHARACTERS.input_shape, Data())
    np.testing.assert_array_equal(samples.published, np.trunc(samples.x))


@pytest.mark.parametrize(
    ("name", "are_there"), [("random_letters", False), ("randomset_seq", True)]
)
def test_targets_by_chance_are_no_labels(name: str, are_there: bool, tmp_path: Path) -> None:
    """An accuracy of noise is a number that looks like one."""
    shape = SIMPLE_0.input_shape
    training = given.load_dataset(name, shape, Data(), tmp_path)
    x, y = (TensorSpec(n, (1, *shape), "float32") for n in "xy")
    network = Network("n", "0", (x,), (y,))
    settings = Data(representative=20, samples=4)
    found = given.choose(network, settings, training, tmp_path, Deadline.after(60, "samples"))
    with np.load(found.path) as arrays:
        assert ("labels" in arrays) == are_there


def test_too_few_samples_is_an_error() -> None:
    samples = RANDOM.load(SIMPLE_0.input_shape, Data())
    assert len(chosen(samples, Data(representative=790, samples=10)).inputs[0]) == 10
    with pytest.raises(DataError, match="800 samples, 801 are to calibrate and compare"):
        chosen(samples, Data(representative=791, samples=10))


def test_the_families_know_the_shape_of_their_text() -> None:
    assert (rnn.STEPS, rnn.SYMBOLS) == (STEPS, SYMBOLS)
