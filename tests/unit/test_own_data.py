"""The user's own samples: what files hold, how they fit a network, and what is refused."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hilbench.config.experiment import Data
from hilbench.core.artifacts import TensorSpec
from hilbench.core.errors import DataError
from hilbench.data import (
    drawing,
    files,
    match,
    own,
)
from hilbench.data.files import Arrays

SEQUENCE = TensorSpec("signal", (1, 5, 3), "float32")
STEP = TensorSpec("step", (1, 1, 3), "float32")
STATIC = TensorSpec("static", (1, 2), "float32")
IDS = TensorSpec("ids", (1, 4), "int32", 0, 50)
QUANTIZED = TensorSpec("q", (1, 3), "int8", -128, 128, quantized=True)
CLASSES = TensorSpec("output_00", (1, 3), "float32")
RNG = np.random.default_rng(0)
FEW = Data(representative=6, samples=4)


def given(**arrays: object) -> Arrays:
    return Arrays({k: np.asarray(v) for k, v in arrays.items()}, "here", "file.npz")


def chosen(arrays: Arrays, *inputs: TensorSpec, settings: Data = FEW) -> match.Chosen:
    return match.choose(arrays, inputs or (SEQUENCE,), (CLASSES,), settings)


@pytest.mark.parametrize("name", ["x", "signal", "samples", "anything", "X"])
@pytest.mark.parametrize("shape", [(10, 5, 3), (10, 1, 5, 3)])
def test_one_array_of_any_usual_name(name: str, shape: tuple[int, ...]) -> None:
    values = RNG.normal(size=shape)
    found = chosen(given(**{name: values}))
    np.testing.assert_array_equal(
        found.calibration[0], values[:6].reshape(6, 1, 5, 3).astype(np.float32)
    )
    np.testing.assert_array_equal(
        found.inputs[0], values[6:10].reshape(4, 1, 5, 3).astype(np.float32)
    )
    assert found.inputs[0].dtype == np.float32


def test_calibration_and_comparison_are_disjoint_whatever_there_is() -> None:
    for there in (2, 3, 9, 10, 300):
        x = np.arange(there * 15.0).reshape(there, 5, 3)
        found = chosen(given(x=x), settings=Data())
        first = {float(a[0, 0, 0]) for a in found.calibration[0]}
        second = {float(a[0, 0, 0]) for a in found.inputs[0]}
        assert first and second and not first & second
        assert len(first) <= 200 and len(second) <= 10


@pytest.mark.parametrize(
    ("said", "calibrating", "compared"),
    [
        ({"samples": 20}, 40, 20),
        ({"samples": 59}, 1, 59),
        ({"representative": 55}, 55, 5),
        ({}, 50, 10),
    ],
)
def test_one_number_that_is_said_leaves_the_rest_to_the_other(
    said: dict[str, int], calibrating: int, compared: int
) -> None:
    found = chosen(given(x=np.arange(60 * 15.0).reshape(60, 5, 3)), settings=Data(**said))
    assert (len(found.calibration[0]), len(found.inputs[0])) == (calibrating, compared)


def test_a_shared_sample_calibrates_as_well() -> None:
    x = RNG.normal(size=(1, 5, 3))
    with pytest.raises(DataError, match=r"1 sample; .*data\.shared: true"):
        chosen(given(x=x))
    found = chosen(given(x=x[0]), settings=Data(shared=True))
    assert found.calibration[0].shape == found.inputs[0].shape == (1, 1, 5, 3)


def test_training_and_test_arrays_are_kept_apart() -> None:
    x = {"x_train": np.ones((7, 5, 3)), "x_test": np.zeros((3, 5, 3)), "y_test": [0, 1, 2]}
    found = chosen(given(**x, y_train=np.zeros(7)))
    assert found.calibration[0].min() == 1 and found.inputs[0].max() == 0
    assert found.labels is not None and found.labels.tolist() == [0, 1, 2]


def test_inputs_by_name_in_the_order_of_the_network() -> None:
    arrays = given(static=np.ones((10, 2)), signal=np.zeros((10, 5, 3)))
    found = chosen(arrays, SEQUENCE, STATIC)
    assert [a.shape for a in found.inputs] == [(4, 1, 5, 3), (4, 1, 2)]
    found = chosen(given(x0=np.zeros((10, 5, 3)), x1=np.ones((10, 2))), SEQUENCE, STATIC)
    assert [a.max() for a in found.inputs] == [0, 1]


def test_integers_stay_integers() -> None:
    found = chosen(given(ids=np.arange(40).reshape(10, 4)), IDS)
    assert found.inputs[0].dtype == np.int32
    found = chosen(given(ids=np.arange(40.0).reshape(10, 4)), IDS)
    assert found.inputs[0].dtype == np.int32
    raw = np.arange(30, dtype=np.int8).reshape(10, 3)
    assert chosen(given(x=raw), QUANTIZED).inputs[0].dtype == np.int8
    assert chosen(given(x=raw / 7), QUANTIZED).inputs[0].dtype == np.float32


BAD = [
    (given(x=np.zeros((10, 3, 5))), SEQUENCE, r"\[3, 5\], .*\[5, 3\] \(.*np\.transpose"),
    (given(x=np.zeros((10, 5, 3))), STEP, r"steps are taken one by one: measure.stream: true"),
    (given(x=np.zeros((10, 15))), SEQUENCE, r"\[15\], .*\[5, 3\] \(reshape to \(samples, 5, 3\)"),
    (given(x=np.zeros((10, 5, 4))), SEQUENCE, r"\[5, 4\], input 'signal' of the network \[5, 3\]"),
    (given(x=np.array(3.0)), SEQUENCE, "no samples"),
    (given(x=np.full((10, 5, 3), np.nan)), SEQUENCE, r"'x': sample 0 is NaN at \[0, 0\]"),
    (given(x=np.full((10, 5, 3), np.inf)), SEQUENCE, "infinite"),
    (given(x=np.full((10, 5, 3), 1e300)), SEQUENCE, "beyond float32"),
    (given(ids=np.full((10, 4), 0.5)), IDS, r"'ids' is float64, input 'ids' .* int32"),
    (given(ids=np.full((10, 4), 2**40)), IDS, "beyond int32"),
    (given(x=np.zeros((10, 3), np.int64)), QUANTIZED, r"int64, .* int8 \(float32 for real"),
    (given(x=np.zeros((10, 5, 3)), y=np.zeros(9)), SEQUENCE, "9 labels for 10 samples"),
    (given(x=np.zeros((10, 5, 3)), y=np.arange(10)), SEQUENCE, "0 to 9, the network knows 0 to 2"),
    (given(x=np.zeros((10, 5, 3)), y=[1, 2, 3] * 3 + [1]), SEQUENCE, "subtract 1"),
    (given(x=np.zeros((10, 5, 3)), y=[0.5] * 10), SEQUENCE, "must be whole"),
    (
        given(x=np.zeros((10, 5, 3)), y=np.zeros((10, 4))),
        SEQUENCE,
        r"shape \[4\], the output \[3\]",
    ),
    (given(a=np.zeros((9, 5, 3)), b=np.zeros(9)), SEQUENCE, r"holds 'a', 'b'; .*'signal'"),
]


@pytest.mark.parametrize(("arrays", "spec", "message"), BAD)
def test_what_does_not_fit_is_said_with_both_sides(
    arrays: Arrays, spec: TensorSpec, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        chosen(arrays, spec)


def test_asked_for_more_than_there_is() -> None:
    with pytest.raises(DataError, match="9 samples, 10 are to calibrate and compare"):
        chosen(given(x=np.zeros((9, 5, 3))))
    with pytest.raises(DataError, match="'signal' has 10, 'static' has 9"):
        chosen(given(signal=np.zeros((10, 5, 3)), static=np.zeros((9, 2))), SEQUENCE, STATIC)


@pytest.mark.parametrize(
    "labels", [np.eye(3)[[0, 2, 1, 0] * 3][:10], [[0], [2], [1], [0], [0]] * 2]
)
def test_labels_one_hot_or_in_a_column_are_class_numbers(labels: object) -> None:
    found = chosen(given(x=np.zeros((10, 5, 3)), y=labels))
    assert found.labels is not None
    assert (found.labels.shape, found.labels.dtype.kind) == ((4,), "i")


def test_labels_of_a_regression_keep_their_values() -> None:
    output = TensorSpec("output", (1, 1), "float32")
    values = RNG.normal(size=10)
    for shape in ((10,), (10, 1)):
        arrays = given(x=np.zeros((10, 5, 3)), y=values.reshape(shape))
        found = match.choose(arrays, (SEQUENCE,), (output,), FEW)
        assert found.labels is not None
        np.testing.assert_array_equal(found.labels, values[6:].reshape(4, 1))


def test_a_table_with_a_header_an_index_and_labels(tmp_path: Path) -> None:
    rows = [",a,b,kind", *(f"{i},{i / 2},{-i},{i % 3}" for i in range(10))]
    (tmp_path / "t.csv").write_text("\n".join(rows) + "\n\n")
    spec = TensorSpec("v", (1, 2), "float32")
    found = chosen(files.read(tmp_path / "t.csv", "kind"), spec)
    np.testing.assert_array_equal(found.inputs[0][0], [[3, -6]])
    assert found.labels is not None and found.labels.tolist() == [0, 1, 2, 0]


def test_a_table_without_a_header_is_rows_of_numbers(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("\n".join("1,2,3,4" for _ in range(10)))
    found = chosen(files.read(tmp_path / "t.csv"), TensorSpec("v", (1, 2, 2), "float32"))
    assert found.inputs[0].shape == (4, 1, 2, 2) and found.labels is None


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", b"a,b\n1,2\n1,x\n", r"t\.csv:3: column 'b': 'x' is not a number"),
        ("t.csv", b"a,b\n1,\n", r"t\.csv:2: column 'b': is empty"),
        ("t.csv", b"a,b\n1\n", r"t\.csv:2: 1 cells, 2 columns"),
        ("t.csv", b"a,b\n", "has a header and no rows"),
        ("t.csv", b"", "is empty"),
        ("t.csv", b"\xff\xfe\x00", "not a table in UTF-8"),
        ("t.npz", b"PK\x03\x04nonsense", "corrupt"),
        ("t.npz", b"garbage", r"corrupt, or not an \.npz file \(write it with np\.savez"),
        ("t.npz", b"\x80\x04]\x94.", r"corrupt, or not an \.npz file"),
        ("t.npz", b"", "is empty"),
        ("t.npy", b"\x93NUMPY\x01\x00", "corrupt"),
        ("t.npy", b"\x93NUMPY\x01\x00\x06\x00{'a':\n", "corrupt"),
        ("t.npy", b"PK\x03\x04", r"corrupt, or not an \.npy file \(write it with np\.save\("),
        ("t.txt", b"1 2 3", r"unknown kind \(known are \.npz, \.npy, \.csv\)"),
        ("gone.npz", None, "no such file"),
    ],
)
def test_files_that_cannot_be_read(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message):
        files.read(tmp_path / name)


def test_an_archive_of_other_things_is_corrupt(tmp_path: Path) -> None:
    for member in ("readme.txt", "x.npy"):
        with zipfile.ZipFile(tmp_path / "t.npz", "w") as archive:
            archive.writestr(member, b"hello")
        with pytest.raises(DataError, match=r"corrupt: '\w[\w.]*' is no array"):
            files.read(tmp_path / "t.npz")


def test_nothing_in_a_data_file_runs(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path(tmp_path / "ran").touch, ())

    np.save(tmp_path / "x.npy", np.array([Evil()]), allow_pickle=True)
    with pytest.raises(DataError, match="holds Python objects"):
        files.read(tmp_path / "x.npy")
    np.savez(tmp_path / "x.npz", x=np.array([Evil()], object))
    with pytest.raises(DataError, match="holds Python objects"):
        files.read(tmp_path / "x.npz")
    assert not (tmp_path / "ran").exists()


def test_empty_and_textual_arrays_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", x=np.zeros((0, 3)))
    with pytest.raises(DataError, match=r"'x' is empty, shape \[0, 3\]"):
        files.read(tmp_path / "x.npz")
    np.savez(tmp_path / "x.npz", x=np.array(["a"]))
    with pytest.raises(DataError, match="arrays of numbers are needed"):
        files.read(tmp_path / "x.npz")


def test_random_samples_are_the_same_and_name_their_range() -> None:
    found = drawing.draw((SEQUENCE, IDS), 30)
    again = drawing.draw((SEQUENCE, IDS), 30)
    assert found.origin == "random, uniform, -1 to 1; 0 to 50, seed 42"
    for name, array in found.arrays.items():
        np.testing.assert_array_equal(array, again.arrays[name])
    assert found.arrays["ids"].dtype == np.int32
    assert found.arrays["ids"].min() >= 0 and 40 < found.arrays["ids"].max() < 50
    assert -1 <= found.arrays["signal"].min() < -0.9


def test_ids_that_a_table_has_no_row_for_are_refused() -> None:
    """A device reads what lies beside the table."""
    table = replace(IDS, rows=50)
    for x, said in ((np.full((9, 4), 50), "ids 50 to 50"), (np.full((9, 4), -1), "ids -1 to -1")):
        with pytest.raises(DataError, match=f"{said}, input 'ids' of the network knows 0 to 49"):
            match.choose(Arrays({"x": x}, "", "f.npz"), (table,), (), Data())
    assert match.choose(Arrays({"x": np.full((9, 4), 49)}, "", ""), (table,), (), Data())


def test_what_is_compared_is_not_trained_on(tmp_path: Path) -> None:
    x, y = np.arange(60, dtype=np.float32).reshape(20, 3), np.arange(20)
    np.savez(tmp_path / "all.npz", x=x, y=y)
    np.savez(tmp_path / "parts.npz", x_train=x[:4], y_train=y[:4], x_test=x[4:], y_test=y[4:])
    for file, training, compared in (("all", [*range(15)], 15), ("parts", [*range(4)], 4)):
        data = Data(file=str(tmp_path / f"{file}.npz"), samples=5)
        found = own.DATASET.load((3,), data)
        assert found.y.tolist() == training and found.x[:, 0].tolist() == [3 * i for i in training]
        spec = TensorSpec("x", (1, 3), "float32")
        chosen = match.choose(own.read(data), (spec,), (), data)
        assert chosen.labels is not None and chosen.labels[0] == compared
        assert not set(chosen.labels.tolist()) & set(training)
    with pytest.raises(DataError, match="no label"):
        np.savez(tmp_path / "bare.npz", x=x)
        own.DATASET.load((3,), Data(file=str(tmp_path / "bare.npz"), samples=5))


def test_a_stream_has_the_labels_of_last_steps() -> None:
    each = {"x": np.zeros((4, 6, 3), np.float32), "y": np.arange(24).reshape(4, 6, 1)}
    specs = TensorSpec("x", (1, 1, 3), "float32"), TensorSpec("y", (1, 1, 1), "float32")
    settings = Data(representative=2, samples=2)
    found = match.stream(Arrays(each, "a", "a"), specs[:1], specs[1:], settings)
    assert found.labels is not None and found.labels.ravel().tolist() == [17, 23]


FLAT_STEP = TensorSpec("x", (1, 4), "float32")


@pytest.mark.parametrize(
    ("spec", "shape", "steps"),
    [
        (FLAT_STEP, (6, 25, 4), 25),  # sequences of steps without an axis of time
        (TensorSpec("x", (1, 5, 4), "float32"), (6, 25, 4), 5),  # of five steps at a time
        (FLAT_STEP, (6, 4), 2),  # samples that are steps: the two compared ones are one sequence
    ],
)
def test_a_stream_is_cut_into_steps(spec: TensorSpec, shape: tuple[int, ...], steps: int) -> None:
    values = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    settings = Data(representative=4, samples=2)
    found = match.stream(Arrays({"x": values, "y": np.arange(6)}, "a", "a"), [spec], [], settings)
    assert found.steps == steps
    np.testing.assert_array_equal(found.inputs[0], values[4:].reshape(-1, *spec.shape))
    np.testing.assert_array_equal(found.calibration[0], values[:4].reshape(-1, *spec.shape))
    np.testing.assert_array_equal(found.labels, [4, 5])
