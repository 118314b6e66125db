"""The measures of the task, against numbers that are worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from hilbench.record import tasks


def test_classes_of_one_output() -> None:
    """Logits and their probabilities, labels as numbers and as a column of floats."""
    logits = np.array([[-2.0], [0.25], [1.0], [3.0], [-1.0]])
    labels = np.array([0, 0, 1, 1, 1])
    # Found: no, yes, yes, yes, no. Of the six pairs of a 1 and a 0 the 1 is higher in five.
    expected = {"top1": 3 / 5, "auc": 5 / 6, "f1": 2 * 2 / (3 + 3)}
    for outputs in (logits, 1 / (1 + np.exp(-logits))):
        for given in (labels, labels[:, None].astype(np.float32)):
            found = tasks.measure({"float": outputs}, given)
            assert found == pytest.approx({f"{k}_float": v for k, v in expected.items()})


def test_what_the_outputs_are_is_said_by_the_most_exact() -> None:
    """All logits of the device are in [0, 1] by chance: they are logits all the same."""
    labels = np.array([1, 1, 0, 1])
    exact, rounded = (
        np.array([[-0.01], [0.3], [0.2], [1.0]]),
        np.array([[0.0], [0.3], [0.2], [1.0]]),
    )
    found = tasks.measure({"float": exact, "device": rounded}, labels)
    assert (found["top1_float"], found["top1_device"]) == (0.5, 0.5)
    probabilities = np.full((2, 3, 40), 1 / 40)
    coarse = np.round(probabilities * 64) / 64  # 40 of 2/64 are 1.25
    found = tasks.measure({"float": probabilities, "device": coarse}, np.zeros((2, 3), int))
    assert found["perplexity_float"] == pytest.approx(40)
    assert found["perplexity_device"] == pytest.approx(32)


def test_a_class_that_is_found_and_never_there_counts() -> None:
    outputs = np.eye(3)[[0, 1, 2, 0]]
    found = tasks.measure({"host": outputs}, np.array([0, 1, 1, 0]))
    assert found["f1_host"] == pytest.approx((1 + 2 / 3 + 0) / 3)
    assert found["top1_host"] == 3 / 4


def test_logits_of_classes_are_compared_after_a_softmax() -> None:
    """The second is sure of class 1 with a smaller number than the first is unsure of it."""
    logits = np.array([[9.0, 5.0], [-5.0, 2.0], [4.0, 1.0]])
    found = tasks.measure({"float": logits}, np.array([0, 1, 0]))
    assert found["auc_float"] == 1 and found["f1_float"] == 1


def test_values_have_their_distance() -> None:
    found = tasks.measure({"device": np.array([[1.0, 2.0]])}, np.array([[4.0, 6.0]]))
    assert found == {"rmse_device": pytest.approx(np.sqrt((9 + 16) / 2))}
    assert tasks.measure({"device": np.zeros((4, 3))}, np.zeros((4, 2))) == {}
