"""The error of the published definition, and the distance from the oracle."""

from __future__ import annotations

import numpy as np
import pytest

from hilbench.core.errors import JobError
from hilbench.pipeline.accuracy import (
    FLOAT_ROUNDING,
    far_from_oracle,
    mean_absolute_error,
    oracle_difference,
    require_numbers,
    wrong_oracle,
)


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


def test_a_device_that_is_far_from_tflm_is_said() -> None:
    """A kernel that takes no part of a SOFTMAX's beta gave an ok row and no word."""
    logits = np.array([[1.0, 2.0, 4.0]], np.float32)
    right, wrong = (np.exp(b * logits) / np.exp(b * logits).sum() for b in (2.0, 1.0))
    explained = "(rounding of float32 is below 0.0001)"
    said = f"the device is up to 0.14 relative {explained} from TFLM on the host"
    assert far_from_oracle([], [right], [wrong], 0) == said
    both = far_from_oracle([right], [right], [wrong], 0)
    assert both.startswith(said)
    assert both.endswith("errors against the reference: 0.093, TFLM's 0")
    rounded = right + np.float32(FLOAT_ROUNDING / 2) * right.max()
    assert far_from_oracle([], [right], [rounded], 0) == ""
    assert far_from_oracle([], [], [wrong], 0) == ""
    assert far_from_oracle([right], [wrong], [right], 0) == "", "that TFLM is wrong is said once"


def test_integers_are_tflms_bit_by_bit_or_the_library_rounds() -> None:
    oracle = np.array([[0, 100]], np.int8)
    assert far_from_oracle([], [oracle], [oracle], 0) == ""
    said = "the device is up to 4 LSB from TFLM on the host"
    assert far_from_oracle([], [oracle], [oracle + np.int8(4)], 0) == said
    assert far_from_oracle([], [oracle], [oracle + np.int8(4)], 8) == ""


def test_what_is_no_number_is_said_with_who_gave_it() -> None:
    fine = np.zeros((3, 2), np.float32)
    wild = np.array([[0, 0], [0, np.nan], [np.inf, 0]], np.float32)
    for expected, oracle, predicted, said in (
        ([fine], [fine], [wild], "the device .* in 2 of 3 .* reference and TFLM on the host not"),
        ([wild], [wild], [wild], "device and the float reference and TFLM on the host .* samples "),
        ([], [wild], [fine], "of TFLM on the host are .*, of the device not"),
    ):
        with pytest.raises(JobError, match=said):
            require_numbers(expected, oracle, predicted)
    require_numbers([fine], [], [fine])
