"""Constants of MEAN."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import prod

from hilbench.core.errors import Unsupported
from hilbench.engines.aot.numerics.affine import Affine
from hilbench.engines.aot.numerics.fixed_point import quantize_multiplier

_AXES = 3


@dataclass(frozen=True)
class MeanAxes:
    """The fields of struct mean_axes; three of each, strides in elements."""

    kept: tuple[int, ...]
    kept_stride: tuple[int, ...]
    reduced: tuple[int, ...]
    reduced_stride: tuple[int, ...]

    @property
    def count(self) -> int:
        """Elements of which each mean is taken."""
        return prod(self.reduced)


@dataclass(frozen=True)
class MeanS8:
    """Scalar fields of mean_s8_params."""

    multiplier: int
    shift: int
    input_zero_point: int
    output_zero_point: int


def mean_axes(shape: Sequence[int], axes: Sequence[int]) -> MeanAxes:
    """Splits the axes of `shape` into kept and reduced ones; neighbours of one kind merge."""
    reduced_axes = {axis % len(shape) for axis in axes}
    kinds = groupby(range(len(shape)), key=lambda axis: axis in reduced_axes)
    lengths: dict[bool, list[int]] = {True: [], False: []}
    strides: dict[bool, list[int]] = {True: [], False: []}
    for reduced, group in kinds:
        members = list(group)
        lengths[reduced].append(prod(shape[axis] for axis in members))
        strides[reduced].append(prod(shape[members[-1] + 1 :]))
    if max(len(lengths[True]), len(lengths[False])) > _AXES:
        raise Unsupported(f"MEAN over axes {list(axes)} of shape {list(shape)}")
    kept, reduced_lengths = (_pad(lengths[kind], 1) for kind in (False, True))
    kept_stride, reduced_stride = (_pad(strides[kind], 0) for kind in (False, True))
    return MeanAxes(kept, kept_stride, reduced_lengths, reduced_stride)


def _pad(values: list[int], neutral: int) -> tuple[int, ...]:
    return (neutral,) * (_AXES - len(values)) + tuple(values)


def mean_s8(source: Affine, out: Affine, count: int) -> MeanS8:
    """Divides the multiplier of the scales by `count` as TFLM does, truncating."""
    multiplier, shift = quantize_multiplier(source.scale / out.scale)
    bits = min(count.bit_length() - 1, 32, 31 + shift)
    return MeanS8((multiplier << bits) // count, shift - bits, source.zero_point, out.zero_point)
