"""The table of conversion recipes: one row each, settings as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Variant:
    """How a SavedModel becomes a .tflite, in the converter's own words.

    `optimizations` are names of tf.lite.Optimize, `supported_ops` of
    tf.lite.OpsSet; `io` is the type of inputs and outputs. `per_tensor_dense`
    gives the weights of a dense layer one scale, as all converters up to
    TensorFlow 2.15 did; per-channel ones cost TFLM 8 bytes of arena per output
    and operator, and an unrolled network has hundreds. `label` is for legends.
    """

    name: str
    label: str
    io: Literal["float32", "int8"]
    optimizations: tuple[str, ...] = ()
    supported_ops: tuple[str, ...] = ("TFLITE_BUILTINS",)
    needs_representative: bool = False
    per_tensor_dense: bool = False


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

VARIANTS = {variant.name: variant for variant in _ROWS}
