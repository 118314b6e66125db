"""Shares of clipped samples and references: those of the values that the file's type lacks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tflite_builder import Spec, single_operator

from hilbench.pipeline import samples
from hilbench.tflite import reader


@pytest.mark.parametrize(("dtype", "zero"), [("int8", 0), ("uint8", 128), ("int16", 0)])
def test_the_share_of_clipped_values(dtype: str, zero: int, tmp_path: Path) -> None:
    scale = 0.5
    specs = [[Spec((1, 4), dtype, scale, zero)], [Spec((1, 4), dtype, scale, zero)]]
    (tmp_path / "a.tflite").write_bytes(single_operator("TANH", *specs))
    low, high = ((np.iinfo(dtype).min - zero) * scale, (np.iinfo(dtype).max - zero) * scale)
    half = 0.49 * scale  # rounds to the end of the range: not clipped
    given = np.array([[[low, high, low - half, high + half]], [[low - 1, high + 1, 0, 1]]])
    np.savez(tmp_path / "v.npz", input_00=given.astype(np.float32))
    reference = {"expected_00": np.array([[[0, 0, 0, high + 9]]] * 2, np.float32)}
    found = samples.load(tmp_path / "v.npz", reference, reader.read(tmp_path / "a.tflite"))
    assert found.clipped_inputs == 2 / 8
    assert found.clipped_expected == 2 / 8
    ends = np.iinfo(dtype)
    assert found.inputs[0][1, 0, :2].tolist() == [ends.min, ends.max]


def test_integers_as_given_are_not_clipped(tmp_path: Path) -> None:
    specs = [[Spec((1, 4), "int8", 0.5)], [Spec((1, 4), "int8", 0.5)]]
    (tmp_path / "a.tflite").write_bytes(single_operator("TANH", *specs))
    np.savez(tmp_path / "v.npz", input_00=np.full((2, 1, 4), 127, np.int8))
    found = samples.load(tmp_path / "v.npz", {}, reader.read(tmp_path / "a.tflite"))
    assert found.clipped_inputs is None and found.clipped_expected is None
