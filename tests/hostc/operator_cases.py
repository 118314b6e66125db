"""Each operator with shapes, types and options, for a graph of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

Array = np.ndarray


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
    unary("SIGN", types=FLOAT, reference=np.sign),
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


SPREADS = (
    ((12, 2, 2, 5), (2, 3), ints(0, 1, 2, 0, shape=(2, 2))),
    ((4, 4, 4, 5), (2, 1), ints(3, 2, 0, 0, shape=(2, 2))),
)
"""Outputs of SPACE_TO_BATCH_ND of (2, 3, 4, 5), with blocks and border."""


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
    Case(
        "SPACE_TO_BATCH_ND",
        ((2, 4, 6, 5),),
        (12, 2, 2, 5),
        (ints(2, 3), ints(0, 0, 0, 0, shape=(2, 2))),
        same_scale=True,
        label="SPACE_TO_BATCH_ND-whole",
    ),
    Case(
        "BATCH_TO_SPACE_ND",
        ((12, 2, 3, 2),),
        (2, 3, 6, 2),
        (ints(2, 3), ints(1, 0, 0, 3, shape=(2, 2))),
        same_scale=True,
    ),
    Case("CAST", ((2, 3),), (2, 3), types=("float32",)),
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
        binary("POW", types=FLOAT, positive=True, reference=np.power),
    )
    for case in cases
]


SIZE = {"align_corners": False, "half_pixel_centers": False}


RESIZED = [
    Case(
        name,
        ((2, 3, 4, 2),),
        (2, out[0], out[1], 2),
        (ints(*out),),
        {**SIZE, **options},
        same_scale=True,
        label=f"{name}-{out[0]}-{'-'.join(options) or 'plain'}",
    )
    for name in ("RESIZE_NEAREST_NEIGHBOR", "RESIZE_BILINEAR")
    for out in ((5, 9), (2, 3))
    for options in ({}, {"align_corners": True}, {"half_pixel_centers": True})
]


MATRICES = [
    Case("BATCH_MATMUL", ((2, 3, 4), (2, 4, 5)), (2, 3, 5), label="BATCH_MATMUL"),
    Case(
        "BATCH_MATMUL", ((2, 4, 3), (4, 5)), (2, 3, 5), (), {"adj_x": True}, label="BATCH_MATMUL-x"
    ),
    Case(
        "BATCH_MATMUL",
        ((1, 2, 3, 4), (3, 1, 5, 4)),
        (3, 2, 3, 5),
        (),
        {"adj_y": True},
        label="BATCH_MATMUL-y",
    ),
]


def one_hot(axis: int, out: tuple[int, ...]) -> Case:
    def reference(x: Array) -> Array:
        return np.where(np.moveaxis(x[..., None] == np.arange(5), -1, axis), 2.5, -1).astype("f4")

    return Case(
        "ONE_HOT",
        ((2, 3),),
        out,
        (scalar(5), np.array(2.5, np.float32), np.array(-1, np.float32)),
        {"axis": axis},
        ("int32",),
        "float32",
        reference=reference,
        label=f"ONE_HOT-{axis}",
    )


WIDE = ("int16",)


SIXTEEN_BITS = [
    unary("ABS", types=WIDE),
    unary("RELU", types=WIDE),
    unary("RELU6", types=WIDE, same_scale=True),
    unary("RSQRT", types=WIDE, positive=True),
    unary("LEAKY_RELU", types=WIDE, options={"alpha": 0.3}),
    unary("LEAKY_RELU", types=WIDE, options={"alpha": -0.2}, label="LEAKY_RELU-negative"),
    *(replace(case, types=WIDE) for case in REDUCED if case.name == "SUM"),
    *(replace(case, name="MEAN", types=WIDE) for case in REDUCED if case.name == "SUM"),
    *(
        replace(
            case,
            types=WIDE,
            reference=partial(
                np.max if case.name == "REDUCE_MAX" else np.min,
                axis=tuple(case.constants[0].tolist()),
                keepdims=case.options["keep_dims"],
            ),
        )
        for case in REDUCED
        if case.name != "SUM"
    ),
    *(
        case
        for name in ("MINIMUM", "MAXIMUM")
        for case in binary(name, types=WIDE, same_scale=True)
    ),
    *binary("SQUARED_DIFFERENCE", types=WIDE),
    *(replace(case, types=WIDE) for case in MATRICES),
]
"""Of int16 activations, where the zero points are 0."""


OTHERS = [
    one_hot(-1, (2, 3, 5)),
    one_hot(0, (5, 2, 3)),
    Case("ADD_N", ((2, 3), (2, 3), (2, 3)), (2, 3), types=("float32",)),
    *(
        Case("CUMSUM", ((2, 4, 3),), (2, 4, 3), (scalar(axis),), options, label=f"CUMSUM-{axis}")
        for axis, options in (
            (1, {}),
            (-1, {"exclusive": True}),
            (0, {"reverse": True, "exclusive": True}),
        )
    ),
    Case(
        "GATHER_ND", ((3, 4, 2),), (3, 2), (ints(0, 1, 2, 3, 1, 0, shape=(3, 2)),), same_scale=True
    ),
    Case("LOG_SOFTMAX", ((3, 7),), (3, 7), types=FLOAT),
    Case("L2_NORMALIZATION", ((3, 7),), (3, 7), types=FLOAT),
]
