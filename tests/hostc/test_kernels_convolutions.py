"""CONV_2D and DEPTHWISE_CONV_2D as they are compiled, in portable C beside real TFLM."""

from __future__ import annotations

from pathlib import Path

import aot_host
import numpy as np
import pytest
from convolutions import SHAPES, Kind, Shape, convolution


@pytest.mark.parametrize("kind", ["CONV_2D", "DEPTHWISE_CONV_2D"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_outputs_are_those_of_tflm(kind: Kind, shape: Shape, tmp_path: Path) -> None:
    model = aot_host.build(convolution(kind, shape), tmp_path)
    samples = model.random_samples(5)
    edges = [[np.full_like(x, edge) for x in samples[0]] for edge in (-128, 127)]
    aot_host.assert_matches(model, [*samples, *edges])
