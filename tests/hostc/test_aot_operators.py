"""Each operator in a graph of its own, compiled for the host, beside TensorFlow Lite Micro.

int8 is bit-identical and float within 1e-5 where TFLM has the operator; what TFLM lacks is
compared with numpy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aot_host
import numpy as np
import pytest
from kernel_cases import affine, near
from tflite_builder import Spec, single_operator

from hilbench.engines.aot.numerics.affine import Affine

Array = np.ndarray
Rng = np.random.Generator


@dataclass(frozen=True)
class Case:
    """An operator with its constant inputs; `reference` replaces TFLM where it lacks the kernel."""

    name: str
    shapes: tuple[tuple[int, ...], ...]
    out: tuple[int, ...]
    constants: tuple[Array, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    types: tuple[str, ...] = ("float32", "int8")
    out_type: str = ""
    same_scale: bool = False
    positive: bool = False
    reference: Callable[..., Array] | None = None
    label: str = ""

    def __str__(self) -> str:
        return self.label or f"{self.name}-{'x'.join(map(str, self.shapes[0]))}"


def ints(*values: int, shape: tuple[int, ...] | None = None) -> Array:
    return np.array(values, np.int32).reshape(shape or (len(values),))


def scalar(value: int) -> Array:
    return np.array(value, np.int32)


def unary(name: str, **options: Any) -> Case:
    return Case(name, ((2, 3, 7),), (2, 3, 7), **options)


FLOAT = ("float32",)
UNARY = [
    unary("ABS"),
    unary("ELU"),
    unary("HARD_SWISH"),
    unary("LEAKY_RELU", options={"alpha": 0.3}),
    unary("RSQRT", positive=True),
    unary("NEG", types=FLOAT),
    unary("SQUARE", types=FLOAT),
    unary("SQRT", types=FLOAT, positive=True),
    unary("EXP", types=FLOAT),
    unary("LOG", types=FLOAT, positive=True),
    unary("SIN", types=FLOAT),
    unary("COS", types=FLOAT),
    unary("FLOOR", types=FLOAT),
    unary("CEIL", types=FLOAT),
    unary("ROUND", types=FLOAT),
]
REDUCED = [
    Case(name, ((2, 3, 4, 5),), out, (axes,), {"keep_dims": keep}, same_scale=same)
    for name, same in (("REDUCE_MAX", True), ("REDUCE_MIN", True), ("SUM", False))
    for axes, out, keep in (
        (ints(1, 2), (2, 5), False),
        (ints(-1), (2, 3, 4, 1), True),
        (ints(0, 2), (3, 5), False),
    )
]
ARGS = [
    Case(name, ((3, 4, 5),), out, (scalar(axis),), {"output_type": "int32"}, out_type="int32")
    for name in ("ARG_MAX", "ARG_MIN")
    for axis, out in ((-1, (3, 4)), (0, (4, 5)), (1, (3, 5)))
]
MOVES = [
    Case("PAD", ((2, 3, 4),), (2, 6, 5), (ints(0, 0, 1, 2, 1, 0, shape=(3, 2)),), same_scale=True),
    Case("PAD", ((5,),), (9,), (ints(3, 1, shape=(1, 2)),), same_scale=True),
    Case(
        "MIRROR_PAD",
        ((3, 4),),
        (6, 7),
        (ints(1, 2, 2, 1, shape=(2, 2)),),
        {"mode": "REFLECT"},
        same_scale=True,
        label="MIRROR_PAD-REFLECT",
    ),
    Case(
        "MIRROR_PAD",
        ((3, 4),),
        (7, 9),
        (ints(1, 3, 4, 1, shape=(2, 2)),),
        {"mode": "SYMMETRIC"},
        same_scale=True,
        label="MIRROR_PAD-SYMMETRIC",
    ),
    Case(
        "REVERSE_V2",
        ((2, 3, 4),),
        (2, 3, 4),
        (ints(1),),
        same_scale=True,
        reference=lambda x: x[:, ::-1],
    ),
    Case(
        "REVERSE_V2",
        ((2, 5),),
        (2, 5),
        (ints(-1, 0),),
        same_scale=True,
        reference=lambda x: x[::-1, ::-1],
        label="REVERSE_V2-both",
    ),
    Case(
        "TILE",
        ((2, 3),),
        (4, 9),
        (ints(2, 3),),
        same_scale=True,
        reference=lambda x: np.tile(x, (2, 3)),
    ),
    Case("BROADCAST_TO", ((3, 1, 2),), (4, 3, 5, 2), (ints(4, 3, 5, 2),), same_scale=True),
    Case("DEPTH_TO_SPACE", ((1, 2, 3, 8),), (1, 4, 6, 2), (), {"block_size": 2}, same_scale=True),
    Case("SPACE_TO_DEPTH", ((1, 4, 6, 2),), (1, 2, 3, 8), (), {"block_size": 2}, same_scale=True),
]


def binary(name: str, **options: Any) -> list[Case]:
    """Equal shapes, a row, a number, and both operands repeated."""
    shapes = (
        (((2, 3, 4), (2, 3, 4)), (2, 3, 4)),
        (((2, 3, 4), (4,)), (2, 3, 4)),
        (((1,), (3, 4)), (3, 4)),
        (((2, 1, 4), (3, 1)), (2, 3, 4)),
    )
    return [
        Case(name, operands, out, label=f"{name}-{number}", **options)
        for number, (operands, out) in enumerate(shapes)
    ]


COMPARISONS = ("EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL")
BINARY = [
    case
    for cases in (
        *(
            binary(name, out_type="bool", types=("float32", "int8", "int32"))
            for name in COMPARISONS
        ),
        *(
            binary(name, same_scale=True, types=("float32", "int8", "int32"))
            for name in ("MINIMUM", "MAXIMUM")
        ),
        *(binary(name, types=("int32",)) for name in ("ADD", "SUB", "MUL")),
        *(binary(name, types=("bool",)) for name in ("LOGICAL_AND", "LOGICAL_OR")),
        binary("SQUARED_DIFFERENCE", types=("float32", "int8", "int32")),
        binary("DIV", positive=True),
        binary("FLOOR_DIV", types=FLOAT, positive=True),
        binary("FLOOR_MOD", types=FLOAT, positive=True),
        binary("PRELU")[:2],
    )
    for case in cases
]


def runs(cases: list[Case]) -> list[Any]:
    return [pytest.param(c, t, id=f"{c}-{t}") for c in cases for t in c.types]


def quantized(shape: tuple[int, ...], scale: Affine) -> Spec:
    return Spec(shape, "int8", scale.scale, scale.zero_point)


def specs(case: Case, dtype: str, rng: Rng) -> tuple[list[Spec], list[Spec]]:
    """Inputs and the output, with scales that fit each other."""
    constants = [Spec(c.shape, c.dtype.name, data=c) for c in case.constants]
    if dtype != "int8":
        inputs = [Spec(shape, dtype) for shape in case.shapes]
        return [*inputs, *constants], [Spec(case.out, case.out_type or dtype)]
    scales = [affine(rng, 0.01, 0.05) for _ in case.shapes]
    if case.same_scale:
        scales = scales[:1] * len(scales)
    if case.positive:
        scales = [Affine(scale.scale, -128) for scale in scales]
    target = scales[0] if case.same_scale else near(rng, scales[0].scale, 1.0)
    inputs = [quantized(s, a) for s, a in zip(case.shapes, scales, strict=True)]
    out = Spec(case.out, case.out_type) if case.out_type else quantized(case.out, target)
    return [*inputs, *constants], [out]


@pytest.mark.parametrize(("case", "dtype"), runs([*UNARY, *REDUCED, *ARGS, *MOVES, *BINARY]))
def test_results_are_those_of_tflm(case: Case, dtype: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    for number in range(1 if dtype == "float32" else 3):
        folder = tmp_path / str(number)
        folder.mkdir()
        inputs, outputs = specs(case, dtype, rng)
        model = aot_host.build(single_operator(case.name, inputs, outputs, **case.options), folder)
        samples = model.random_samples(20)
        if case.positive and dtype == "float32":
            samples = [[np.abs(x) + np.float32(0.01) for x in sample] for sample in samples]
        if (case.name, dtype) == ("DIV", "int8"):  # by zero TFLM gives what the machine gives
            samples = [[np.maximum(x, -127) for x in sample] for sample in samples]
        if case.reference is None:
            aot_host.assert_matches(model, samples)
            continue
        for sample, (ours,) in zip(samples, model.run(samples), strict=True):
            np.testing.assert_array_equal(ours, case.reference(*sample))
