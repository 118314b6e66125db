"""TRANSPOSE_CONV beside real TFLM: outputs by phases of the stride, and filters of any size."""

from __future__ import annotations

from pathlib import Path

import aot_host
import numpy as np
import pytest
from tflite_builder import Spec, single_operator

Pair = tuple[int, int]
Shape = tuple[Pair, int, int, Pair, Pair, str]
"""Input, channels in and out, filter, stride, padding."""

SHAPES: tuple[Shape, ...] = (
    ((3, 4), 4, 5, (4, 4), (2, 2), "SAME"),
    ((4, 3), 3, 2, (3, 3), (1, 1), "SAME"),
    ((1, 9), 8, 3, (1, 5), (1, 2), "SAME"),
    ((7, 1), 2, 1, (5, 1), (3, 1), "SAME"),
    ((3, 3), 5, 4, (2, 3), (3, 2), "SAME"),
    ((2, 5), 4, 4, (2, 2), (2, 2), "VALID"),
    ((3, 2), 3, 2, (6, 5), (2, 3), "SAME"),
)


def transposed(shape: Shape, dtype: str) -> bytes:
    size, inputs, outputs, filters, stride, padding = shape
    rng = np.random.default_rng(5)
    raw = rng.integers(-127, 128, (outputs, *filters, inputs))
    out = [
        n * s if padding == "SAME" else (n - 1) * s + f
        for n, s, f in zip(size, stride, filters, strict=True)
    ]
    target = (2, *out, outputs)
    where = Spec((4,), "int32", data=np.array(target, np.int32))
    source = (2, *size, inputs)
    if dtype == "float32":
        operands = [where, Spec(raw.shape, data=(raw * 0.01).astype(np.float32)), Spec(source)]
        result = Spec(target)
    else:
        weights = Spec(
            raw.shape, "int8", 0.01 + 0.005 * np.arange(outputs), data=raw.astype(np.int8)
        )
        operands = [where, weights, Spec(source, "int8", 0.03, 7)]
        result = Spec(target, "int8", 0.3, -11)
    return single_operator(
        "TRANSPOSE_CONV",
        operands,
        [result],
        padding=padding,
        stride_h=stride[0],
        stride_w=stride[1],
    )


@pytest.mark.parametrize("dtype", ["float32", "int8"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_outputs_are_those_of_tflm(shape: Shape, dtype: str, tmp_path: Path) -> None:
    model = aot_host.build(transposed(shape, dtype), tmp_path)
    aot_host.assert_matches(model, model.random_samples(5))
