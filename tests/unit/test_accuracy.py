"""The error of the published definition, and the distance from the oracle."""

from __future__ import annotations

import numpy as np
import pytest

from hilbench.pipeline.accuracy import mean_absolute_error, oracle_difference, wrong_oracle


def test_error_is_the_mean_difference_over_the_range_of_the_expected() -> None:
    expected = np.array([[0.0, 4.0], [2.0, 1.0]], np.float32)
    predicted = np.array([[0.0, 3.0], [2.0, 2.0]], np.float32)
    assert mean_absolute_error(expected, predicted) == pytest.approx((1 + 1) / 4 / 4)


def test_int8_differences_do_not_wrap() -> None:
    expected = np.array([-128, 127], np.int8)
    assert mean_absolute_error(expected, expected[::-1]) == 1.0
    assert oracle_difference([expected], [expected[::-1]]).max_lsb == 255


def test_no_range_is_no_error_figure() -> None:
    same = np.full((2, 3), 5, np.int8)
    assert mean_absolute_error(same, same) is None


def test_float_difference_is_relative_to_the_largest_output() -> None:
    oracle = np.array([1.0, -8.0], np.float32)
    difference = oracle_difference([oracle], [oracle + np.float32(0.5)])
    assert difference.max_relative == pytest.approx(0.5 / 8)
    assert difference.max_lsb is None


def test_who_errs_is_said_where_tflm_is_far_from_the_reference() -> None:
    wanted = np.array([[0.0], [1.0]], np.float32)
    near, far = wanted + np.float32(2**-20), wanted[::-1]
    said = wrong_oracle([wanted], [far], [near])
    assert said == "TFLM on the host is 1 from the reference, the device 9.5e-07"
    assert wrong_oracle([wanted], [near], [near]) == wrong_oracle([wanted], [near], [far]) == ""
    assert wrong_oracle([wanted], [far], [far]) == wrong_oracle([wanted], [], [near]) == ""
    assert wrong_oracle([], [far], [near]) == ""
