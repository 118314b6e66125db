"""The table of conversion recipes: one row each, settings as data, and their passes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from hilbench.sources.keras.passes import PASSES


@dataclass(frozen=True, kw_only=True)
class Variant:
    """How a SavedModel becomes a .tflite, in the converter's own words.

    `optimizations` are names of tf.lite.Optimize, `supported_ops` of
    tf.lite.OpsSet; `io` is the type of inputs and outputs. `per_tensor_dense`
    gives the weights of a dense layer one scale, as all converters up to
    TensorFlow 2.15 did; per-channel ones cost TFLM 8 bytes of arena per output
    and operator, and an unrolled network has hundreds. `label` is for legends.
    `passes` are names of passes.PASSES, done to the file in this order.
    """

    name: str
    label: str
    io: Literal["float32", "int8"]
    optimizations: tuple[str, ...] = ()
    supported_ops: tuple[str, ...] = ("TFLITE_BUILTINS",)
    needs_representative: bool = False
    per_tensor_dense: bool = False
    passes: tuple[str, ...] = ()


_ROWS = (
    Variant(name="basic", label="basic", io="float32"),
    Variant(
        name="int8_only",
        label="int8 only",
        io="int8",
        optimizations=("DEFAULT",),
        supported_ops=("TFLITE_BUILTINS_INT8",),
        needs_representative=True,
        per_tensor_dense=True,
    ),
)


def _with_passes(row: Variant) -> Iterator[Variant]:
    """The row as it is, and once with each selection of passes: `int8_only+slim`."""
    for count in range(len(PASSES) + 1):
        for passes in combinations(PASSES, count):
            yield replace(
                row,
                name="+".join((row.name, *passes)),
                label=", ".join((row.label, *passes)),
                passes=passes,
            )


VARIANTS = {variant.name: variant for row in _ROWS for variant in _with_passes(row)}
