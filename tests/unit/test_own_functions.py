"""Samples that a function of the user gives, by its name and that of its file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hilbench.config.experiment import Data
from hilbench.core import usercode
from hilbench.core.artifacts import TensorSpec
from hilbench.core.deadline import Deadline
from hilbench.core.errors import DataError, UsageError
from hilbench.data import function, match
from hilbench.data.files import Arrays

FUNCTIONS = """
import numpy as np
def pairs():
    for i in range(10**9):
        yield np.full((5, 3), i), i % 3
def arrays(): return {"signal": np.ones((10, 5, 3))}
def both(): return np.ones((10, 5, 3)), np.zeros(10, int)
def bad():
    raise ValueError("no\\nluck")
def number(): return 3
def nothing(): return iter(())
other = 3
table = [x for x in range(3)]
async def later(): pass
class Made:
    def __new__(cls): return np.ones((10, 5, 3))
made = also = Made
try: from nowhere import perhaps
except ImportError: perhaps = None
def beside(): return np.load("beside.npy")
if True:
    def inside():
        local = 1
        return np.ones((10, 5, 3))
"""


def labelled(arrays: Arrays) -> bool:
    """Of sequences and classes."""
    sequence = TensorSpec("signal", (1, 5, 3), "float32")
    classes = TensorSpec("output_00", (1, 3), "float32")
    few = Data(representative=6, samples=4)
    return match.choose(arrays, (sequence,), (classes,), few).labels is not None


def call(folder: Path, name: str) -> Arrays:
    (folder / "mine.py").write_text(FUNCTIONS)
    named = usercode.parse(f"mine.py:{name}", folder)
    assert named is not None
    return function.read(named, 12, folder / "out", Deadline.after(100, "data"))


def test_functions_give_samples(tmp_path: Path) -> None:
    found = call(tmp_path, "pairs")
    assert found.arrays["samples"].shape == (12, 5, 3)
    assert labelled(found)
    assert found.origin.startswith("mine.py:pairs sha256 ")
    assert set(call(tmp_path, "arrays").arrays) == {"signal"}
    assert labelled(call(tmp_path, "both"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("bad", r"mine\.py:9: ValueError: no luck"),
        ("number", "int is neither arrays nor samples"),
        ("nothing", "gave no samples"),
        ("other", r"'other' is not a function but of type int \(name a function\)"),
        ("table", "'table' is not a function but a list"),
        ("later", "'later' is not a function but asynchronous"),
        ("local", "has no function 'local'"),
        ("gone", r"has no function 'gone' \(has: arrays, bad, beside, both"),
    ],
)
def test_functions_that_do_not(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises((DataError, UsageError), match=message):
        call(tmp_path, name)


def test_what_is_wrong_with_a_name_is_told_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(FUNCTIONS)
    for name in ("other", "table", "later", "local", "gone"):
        with pytest.raises(UsageError):
            usercode.check(usercode.Named(tmp_path / "mine.py", name))
    for name in ("arrays", "inside", "made", "also", "Made", "np", "perhaps"):
        usercode.check(usercode.Named(tmp_path / "mine.py", name))


def test_arguments_are_told_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "class Own:\n    def build(self): pass\n"
        "def build(units, *, deep=1): pass\ndef any(**k): pass\n@some\ndef wrapped(x): pass\n"
        "if a:\n    def twice(x): pass\nelse:\n    def twice(): pass\n"
    )
    for name, options in (
        ("build", ["units", "deep"]),
        ("any", ["x"]),
        ("wrapped", []),
        ("twice", []),
    ):
        usercode.check(usercode.Named(tmp_path / "mine.py", name), dict.fromkeys(options, 1))
    for wrong, said in (
        (["units", "wide"], r"has no argument 'wide' \(has: units, deep\)"),
        (["deep"], "needs the argument 'units'"),
    ):
        with pytest.raises(UsageError, match=said):
            usercode.check(usercode.Named(tmp_path / "mine.py", "build"), dict.fromkeys(wrong, 1))


def test_paths_in_a_function_are_relative_to_its_file(tmp_path: Path) -> None:
    np.save(tmp_path / "beside.npy", np.ones((10, 5, 3)))
    assert call(tmp_path, "beside").arrays["samples"].shape == (10, 5, 3)
    assert call(tmp_path, "inside").arrays["samples"].shape == (10, 5, 3)
    assert call(tmp_path, "made").arrays["samples"].shape == (10, 5, 3)


def test_the_traceback_of_a_function_is_in_the_log(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        call(tmp_path, "bad")
    assert 'raise ValueError("no\\nluck")' in (tmp_path / "out" / "log.txt").read_text()
