"""FULLY_CONNECTED with blocks of zeros that are skipped, beside TensorFlow Lite Micro."""

from __future__ import annotations

from pathlib import Path

import aot_host
import numpy as np
import pytest
from tflite_builder import Op, Spec, model

from hilbench.engines.aot.numerics.blocks import COLUMNS, LAST_OF_ROW, Blocks, kept_blocks
from hilbench.report import experiments_of_compression as of_compression

SKIPPED = of_compression.SKIPPED  # which the page of an experiment looks for
# batches, rows, columns, share of the blocks
SHAPES = [(1, 12, 32, 0.25), (3, 5, 38, 0.2), (1, 3, 1030, 0.01), (2, 8, 36, 0.0), (1, 4, 40, 0.1)]
ACTIVATIONS = ["NONE", "RELU", "RELU6", "NONE", "NONE"]
DENSE = (1, 8, 32, 0.5)
CONVOLUTION = {
    **{"padding": "VALID", "stride_w": 1, "stride_h": 1, "fused_activation_function": "NONE"},
    **{"dilation_w_factor": 1, "dilation_h_factor": 1},
}


def sparse(rng: np.random.Generator, rows: int, columns: int, share: float) -> np.ndarray:
    """int8 weights with so many of the blocks."""
    kept = np.repeat(rng.random((rows, -(-columns // COLUMNS))) < share, COLUMNS, axis=1)
    weights = np.clip(rng.normal(0, 40, (rows, columns)), -128, 127)
    return np.where(kept[:, :columns], weights, 0).astype(np.int8)


def unpacked(found: Blocks, rows: int, columns: int) -> np.ndarray:
    """The weights again, as a kernel reads them."""
    full, row, place = np.zeros((rows, columns + COLUMNS), found.weights.dtype), 0, 0
    for block, gap in zip(found.weights, found.gaps.tolist(), strict=True):
        place += COLUMNS * (gap % LAST_OF_ROW)
        full[row, place : place + COLUMNS] = block
        row, place = (row + 1, 0) if gap >= LAST_OF_ROW else (row, place)
    assert row == rows and not full[:, columns:].any()
    return full[:, :columns]


def test_blocks_are_the_weights() -> None:
    rng = np.random.default_rng(0)
    for _, rows, columns, share in SHAPES:
        weights = sparse(rng, rows, columns, share)
        found = kept_blocks(weights)
        assert found is not None
        np.testing.assert_array_equal(unpacked(found, rows, columns), weights)
        empty = (~found.weights.any(axis=1)).sum()
        assert empty <= rows * (1 + columns // 508)  # of rows without a block, and of long ways
    far = np.zeros((1, 4 * 300), np.int8)
    far[0, 4 * 254] = 1
    blocks = kept_blocks(far)
    assert blocks is not None and blocks.gaps.tolist() == [127, 127 + LAST_OF_ROW]


def test_few_zeros_and_few_columns_are_left_to_the_dense_product() -> None:
    rng = np.random.default_rng(0)
    assert kept_blocks(sparse(rng, 8, 32, 0.5)) is None
    assert kept_blocks(np.zeros((8, 7), np.int8)) is None


@pytest.mark.parametrize("dtype", ["int8", "float32"])
def test_results_are_those_of_tflm(dtype: str, tmp_path: Path) -> None:
    """All in one network; the last is dense."""
    rng = np.random.default_rng(2)
    specs: list[Spec] = []
    operators, given, made = [], [], []
    for number, (batches, rows, columns, share) in enumerate([*SHAPES, DENSE]):
        weights = sparse(rng, rows, columns, share)
        bias = rng.integers(-3000, 3000, rows)
        first = len(specs)
        if dtype == "int8":
            out = 0.02 * 0.01 * 60 * np.sqrt(max(share * columns, 1))
            specs += [Spec((batches, columns), "int8", 0.02, -17 + number)]
            specs += [Spec(weights.shape, "int8", 0.01, data=weights)]
            specs += [Spec((rows,), "int32", 2e-4, data=bias.astype(np.int32))]
            specs += [Spec((batches, rows), "int8", out, 4)]
        else:
            real = weights.astype(np.float32) / 64
            specs += [Spec((batches, columns)), Spec(real.shape, data=real)]
            specs += [Spec((rows,), data=(bias / 1e3).astype(np.float32)), Spec((batches, rows))]
        fused = [*ACTIVATIONS, "NONE"][number]
        inputs = [first, first + 1, first + 2 if number % 3 != 2 else -1]
        options = {"fused_activation_function": fused}
        operators.append(Op("FULLY_CONNECTED", inputs, [first + 3], options))
        given.append(first)
        made.append(first + 3)
    said = [f"{SKIPPED} in {len(SHAPES)} of {len(SHAPES) + 1} FULLY_CONNECTED"]
    if dtype == "float32":
        first = len(specs)
        filters = rng.normal(size=(4, 1, 1, 2)).astype(np.float32)
        specs += [Spec((1, 3, 3, 2)), Spec(filters.shape, data=filters), Spec((1, 3, 3, 4))]
        operators.append(Op("CONV_2D", [first, first + 1, -1], [first + 2], CONVOLUTION))
        given.append(first)
        made.append(first + 2)
        said.append("1 CONV_2D run dense")
    found = aot_host.build(model(specs, operators, given, made), tmp_path)
    skipping = "fully_connected_blocks_s8" if dtype == "int8" else "fully_connected_blocks_f32"
    text = found.sources.sources[0].read_text()
    assert f" {len(SHAPES)} {skipping}, " in text and " 1 fully_connected_" in text
    assert found.sources.notes == tuple(said)
    aot_host.assert_matches(found, found.random_samples(20))
