"""CONV_2D and DEPTHWISE_CONV_2D with the DSP extension beside TFLM, on an emulated Cortex-M4."""

from __future__ import annotations

from pathlib import Path

import aot_board
import numpy as np
import pytest
from convolutions import SHAPES, Kind, Shape, convolution

from hilbench.core.extras import tflite_micro_runtime

pytestmark = pytest.mark.emulator


@pytest.mark.parametrize("kind", ["CONV_2D", "DEPTHWISE_CONV_2D"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_outputs_are_those_of_tflm(kind: Kind, shape: Shape, tmp_path: Path) -> None:
    model = convolution(kind, shape)
    samples = aot_board.random_samples(model, 5)
    interpreter = tflite_micro_runtime().Interpreter.from_bytes(model)
    expected = []
    for (x,) in samples:
        interpreter.set_input(x, 0)
        interpreter.invoke()
        expected.append(np.array(interpreter.get_output(0)))
    actual, kernels = aot_board.outputs(model, tmp_path, samples)
    assert (f"{kind.lower()}_s8" not in kernels) == shape.is_fast(kind)
    np.testing.assert_array_equal(np.frombuffer(actual, np.int8), np.concatenate(expected, None))
