"""CONV_2D and DEPTHWISE_CONV_2D beside TFLM, with the kernels of emulated cores."""

from __future__ import annotations

from pathlib import Path

import aot_board
import kernel_twins
import numpy as np
import pytest
from convolutions import SHAPES, UNPADDED, Kind, Shape, convolution

from hilbench.core.extras import tflite_micro_runtime

pytestmark = pytest.mark.emulator
OTHERS = (kernel_twins.M0PLUS, kernel_twins.M3, kernel_twins.M55)


@pytest.mark.parametrize("kind", ["CONV_2D", "DEPTHWISE_CONV_2D"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_outputs_are_those_of_tflm(kind: Kind, shape: Shape, tmp_path: Path) -> None:
    check(kind, shape, tmp_path, kernel_twins.M4)


@pytest.mark.parametrize("core", OTHERS, ids=lambda core: core.suffixes[0])
@pytest.mark.parametrize("shape", [*SHAPES[1:6:2], *SHAPES[10:12]], ids=str)
def test_outputs_on_other_cores(shape: Shape, core: kernel_twins.Core, tmp_path: Path) -> None:
    """Channels and columns in fours, in eights and neither, windows of one pixel and of more."""
    check("CONV_2D", shape, tmp_path, core)


@pytest.mark.parametrize("core", OTHERS, ids=lambda core: core.suffixes[0])
@pytest.mark.parametrize("shape", UNPADDED[:2], ids=str)
def test_depthwise_outputs_without_padding(
    shape: Shape, core: kernel_twins.Core, tmp_path: Path
) -> None:
    check("DEPTHWISE_CONV_2D", shape, tmp_path, core)


HELIUM = (
    SHAPES[1],
    SHAPES[2],
    SHAPES[4],
    SHAPES[15],
    SHAPES[16],
    Shape((11, 9), 3, 2, filter=(9, 9)),
    Shape((3, 70), 9, 1, filter=(2, 67), dilation=(2, 1), padding="VALID", batches=2),
)


@pytest.mark.parametrize("shape", HELIUM, ids=str)
def test_depthwise_outputs_with_helium(shape: Shape, tmp_path: Path) -> None:
    """Eight channels, fewer and a multiplier; odd and even outputs; more taps than are copied;
    columns as lines and parts of them."""
    check("DEPTHWISE_CONV_2D", shape, tmp_path, kernel_twins.M55)


def check(kind: Kind, shape: Shape, folder: Path, core: kernel_twins.Core) -> None:
    model = convolution(kind, shape)
    samples = aot_board.random_samples(model, 5)
    interpreter = tflite_micro_runtime().Interpreter.from_bytes(model)
    expected = []
    for (x,) in samples:
        interpreter.set_input(x, 0)
        interpreter.invoke()
        expected.append(np.array(interpreter.get_output(0)))
    actual, kernels = aot_board.outputs(model, folder, samples, core=core)
    assert (f"{kind.lower()}_s8" not in kernels) == shape.is_fast(kind)
    np.testing.assert_array_equal(np.frombuffer(actual, np.int8), np.concatenate(expected, None))
