"""Weights of low rank as two products: the same values, of fewer multiplications."""

from __future__ import annotations

import numpy as np
import pytest
from tflite_builder import Spec, single_operator

from hilbench.core import extras
from hilbench.sources import factors
from hilbench.tflite import opinfo, reader

RNG = np.random.default_rng(3)
LOW = (RNG.normal(size=(12, 2)) @ RNG.normal(size=(2, 10))).astype(np.float32)


def product(weights: np.ndarray) -> bytes:
    bias = Spec((12,), data=RNG.normal(size=12).astype(np.float32))
    inputs = [Spec((1, 10)), Spec((12, 10), data=weights), bias]
    return single_operator(
        "FULLY_CONNECTED", inputs, [Spec((1, 12))], fused_activation_function="RELU"
    )


def outputs(content: bytes, x: np.ndarray) -> np.ndarray:
    interpreter = extras.tflite_micro_runtime().Interpreter.from_bytes(content)
    interpreter.set_input(x, 0)
    interpreter.invoke()
    found: np.ndarray = interpreter.get_output(0)
    return found


def test_factors_multiply_to_the_weights_and_share_out_their_range() -> None:
    pair = factors.factors(LOW)
    assert pair is not None and pair[0].shape == (12, 2) and pair[1].shape == (2, 10)
    np.testing.assert_allclose(pair[0] @ pair[1], LOW, atol=1e-5)
    assert 0.3 < np.abs(pair[0]).max() / np.abs(pair[1]).max() < 3
    assert factors.factors(RNG.normal(size=(12, 10)).astype(np.float32)) is None


@pytest.mark.keras
def test_a_product_of_low_rank_becomes_two_and_any_other_stays() -> None:
    before = product(LOW)
    after, count = factors.factored(before)
    graph = reader.parse(after)
    assert (count, opinfo.matrix_macs(graph)) == (1, 2 * (10 + 12))
    x = RNG.normal(size=(1, 10)).astype(np.float32)
    np.testing.assert_allclose(outputs(after, x), outputs(before, x), atol=1e-5)
    whole = product(RNG.normal(size=(12, 10)).astype(np.float32))
    assert factors.factored(whole) == (whole, 0)
