from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hilbench.core.errors import FormatError, JobError
from hilbench.tflite.quantize import dequantize, quantize


def one(x: float, scale: float, zero_point: int, dtype: str = "int8", rounding="nearest") -> int:
    return int(quantize(np.array([x], np.float32), scale, zero_point, dtype, rounding)[0])


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (0.5, 1), (1.5, 2), (2.5, 3), (-0.5, -1), (-1.5, -2), (-2.5, -3),
        (0.49999997, 0), (-0.49999997, 0), (0.0, 0), (-0.0, 0),
        (127.4, 127), (127.5, 127), (1e30, 127), (-128.5, -128), (-1e30, -128),
        (np.inf, 127), (-np.inf, -128),
    ],
)  # fmt: skip
def test_nearest_rounds_halves_away_from_zero_and_limits(x: float, expected: int) -> None:
    assert one(x, 1.0, 0) == expected


@pytest.mark.parametrize(
    ("x", "zero_point", "expected"),
    [(0.9, 0, 0), (-0.9, 0, 0), (1.9, -3, -1), (2.9, -3, 0), (3.9, -3, 0), (1e9, -3, 127),
     (-1e9, 5, -128), (np.inf, 0, 127)],
)  # fmt: skip
def test_truncate_cuts_off_after_the_zero_point_was_added(x, zero_point, expected) -> None:
    assert one(x, 1.0, zero_point, rounding="truncate") == expected


def test_rounding_comes_before_the_zero_point() -> None:
    """-0.5 + 1 is a tie too: rounding the sum would give 1 instead of 0."""
    assert one(-0.5, 1.0, 1) == 0


@pytest.mark.parametrize(
    ("dtype", "low", "high"), [("int8", -128, 127), ("uint8", 0, 255), ("int16", -32768, 32767)]
)
def test_every_type_reaches_both_ends(dtype: str, low: int, high: int) -> None:
    assert one(-1e6, 0.25, 3, dtype) == low
    assert one(1e6, 0.25, 3, dtype) == high
    assert quantize(np.zeros((2, 3), np.float32), 0.25, 3, dtype).dtype == np.dtype(dtype)


def test_scale_that_overflows_float32_gives_the_ends() -> None:
    assert one(1e38, 1e-5, 0) == 127


@pytest.mark.parametrize("rounding", ["nearest", "truncate"])
def test_nan_is_an_error(rounding: str) -> None:
    with pytest.raises(JobError, match="not a number"):
        one(np.nan, 1.0, 0, rounding=rounding)


@pytest.mark.parametrize("scale", [0.0, -1.0, np.nan, np.inf, 1e-60])
def test_impossible_scale_is_an_error(scale: float) -> None:
    with pytest.raises(FormatError, match="scale"):
        one(1.0, scale, 0)
    with pytest.raises(FormatError, match="scale"):
        dequantize(np.zeros(1, np.int8), scale, 0)


@given(
    st.integers(-128, 127),
    st.floats(1e-6, 1e3),
    st.integers(-128, 127),
)
def test_what_was_dequantized_quantizes_to_itself(q: int, scale: float, zero_point: int) -> None:
    real = dequantize(np.array([q], np.int8), scale, zero_point)
    assert real.dtype == np.float32
    assert quantize(real, scale, zero_point, "int8")[0] == q


@given(st.floats(-1, 1), st.floats(1e-3, 1.0))
def test_error_of_nearest_is_at_most_half_a_step(x: float, scale: float) -> None:
    q = quantize(np.array([x], np.float32), scale, 0, "int16")
    assert abs(float(dequantize(q, scale, 0)[0]) - x) <= 0.5001 * scale
