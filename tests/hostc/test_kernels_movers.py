"""Copies and GATHER: the C kernels beside real TFLM, or beside numpy."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
import tflm
from kernel_cases import f32, s8
from kernel_library import call
from tflite_builder import Spec, single_operator

from hilbench.core.errors import Unsupported
from hilbench.engines.aot.numerics.strides import contiguous_strides, strided_copy


def copy_view(source: np.ndarray, target: np.ndarray) -> None:
    """Copies between two views of arrays through the kernel."""
    copy = strided_copy(source.shape, source.strides, target.strides, source.itemsize)
    fields = asdict(copy)
    call("hb_copy", fields, *(first_byte(view) for view in (source, target)))


def first_byte(view: np.ndarray) -> np.ndarray:
    """A contiguous array of which only the address is used."""
    return np.lib.stride_tricks.as_strided(view, (1,) * max(view.ndim, 1), None, writeable=False)


SLICES = [
    np.s_[:, 1:3],
    np.s_[1:2, ..., 2:5],
    np.s_[::-1, :, ::2],
    np.s_[..., ::-1],
    np.s_[:, ::2, ::2, ::3],
    np.s_[0:1],
    np.s_[:],
]


@pytest.mark.parametrize("dtype", [np.int8, np.float32, np.int32])
@pytest.mark.parametrize("region", SLICES)
@pytest.mark.parametrize("axes", [(0, 1, 2, 3), (0, 3, 1, 2), (3, 2, 1, 0), (1, 0, 2, 3)])
def test_copy_of_slices_and_transpositions(
    dtype: type, region: tuple[slice, ...], axes: tuple[int, ...]
) -> None:
    whole = np.arange(2 * 4 * 5 * 6).astype(dtype).reshape(2, 4, 5, 6)
    source = whole[region].transpose(axes)
    frame = np.full(tuple(n + 2 for n in source.shape), 77, dtype)
    expected = frame.copy()
    inside = tuple(slice(1, -1) for _ in source.shape)
    expected[inside] = source
    copy_view(source, frame[inside])
    np.testing.assert_array_equal(frame, expected)


def test_copies_need_as_few_axes_as_possible() -> None:
    dense = contiguous_strides((2, 3, 4), 4)
    assert strided_copy((2, 3, 4), dense, dense, 4).run_bytes == 96
    rows = strided_copy((2, 3, 4), (96, 32, 4), dense, 4)
    assert (rows.shape, rows.run_bytes) == ((1, 1, 1, 6), 16)


def test_copies_of_too_many_axes_are_refused() -> None:
    view = np.zeros((4,) * 6, np.int8)[(slice(None, None, 2),) * 6]
    dense = contiguous_strides(view.shape)
    with pytest.raises(Unsupported, match="axes"):
        strided_copy(view.shape, view.strides, dense, 1)


@pytest.mark.parametrize("dtype", ["int8", "float32"])
@pytest.mark.parametrize("axis", [0, 1])
def test_gather(dtype: str, axis: int) -> None:
    rng = np.random.default_rng(axis)
    table = s8(rng, (5, 7, 3)) if dtype == "int8" else f32(rng, (5, 7, 3))
    ids = rng.integers(0, table.shape[axis], (1, 12)).astype(np.int32)
    shape = np.take(table, ids, axis).shape
    scale = 0.5 if dtype == "int8" else None
    model = single_operator(
        "GATHER",
        [Spec(table.shape, dtype, scale, data=table), Spec(ids.shape, "int32")],
        [Spec(shape, dtype, scale)],
        axis=axis,
    )
    (expected,) = tflm.run(model, ids)
    actual = np.empty(shape, dtype)
    call("hb_gather", gather_fields(table, ids, axis), table, ids, actual)
    np.testing.assert_array_equal(actual, expected.reshape(shape))


def gather_fields(table: np.ndarray, ids: np.ndarray, axis: int) -> dict[str, int]:
    return {
        "outer": int(np.prod(table.shape[:axis])),
        "rows": table.shape[axis],
        "ids": ids.size,
        "row_bytes": int(np.prod(table.shape[axis + 1 :])) * table.itemsize,
    }


def test_gather_of_ids_outside_gives_zeros() -> None:
    table = np.arange(1, 13, dtype=np.float32).reshape(4, 3)
    ids = np.array([-1, 4, 2**31 - 1, -(2**31), 3], np.int32)
    actual = np.empty((5, 3), np.float32)
    call("hb_gather", gather_fields(table, ids, 0), table, ids, actual)
    np.testing.assert_array_equal(actual[:4], 0)
    np.testing.assert_array_equal(actual[4], table[3])
