"""The table of conversion recipes: one row each, settings as data, and their passes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from hilbench.sources.keras.passes import PASSES

IoType = Literal["float32", "int8", "uint8", "int16"]


@dataclass(frozen=True, kw_only=True)
class Variant:
    """How a SavedModel becomes a .tflite, in the converter's own words.

    `optimizations` are names of tf.lite.Optimize, `supported_ops` of
    tf.lite.OpsSet; `io` is the type of inputs and outputs. `per_tensor_dense`
    gives the weights of a dense layer one scale, as all converters up to
    TensorFlow 2.15 did; per-channel ones cost TFLM 8 bytes of arena per output
    and operator, and an unrolled network has hundreds. `label` is for legends.
    `supported_types` are those of weights, where they are not the usual ones. `passes` are
    names of passes.PASSES, done to the file in this order.
    """

    name: str
    label: str
    io: IoType
    optimizations: tuple[str, ...] = ()
    supported_ops: tuple[str, ...] = ("TFLITE_BUILTINS",)
    supported_types: tuple[Literal["float16"], ...] = ()
    needs_representative: bool = False
    per_tensor_dense: bool = False
    passes: tuple[str, ...] = ()

    @property
    def unrolls_lstm(self) -> bool:
        """Whether the converter has no such form of the one operator that an LSTM is."""
        return _16X8 in self.supported_ops


def _quantized(name: str, label: str, io: IoType, *ops: str, per_tensor: bool = True) -> Variant:
    """Weights and activations in integers, calibrated."""
    return Variant(
        name=name,
        label=label,
        io=io,
        optimizations=("DEFAULT",),
        supported_ops=ops,
        needs_representative=True,
        per_tensor_dense=per_tensor,
    )


_INT8, _FLOAT = "TFLITE_BUILTINS_INT8", "TFLITE_BUILTINS"
_16X8 = "EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8"

_ROWS = (
    Variant(name="basic", label="basic", io="float32"),
    Variant(name="dynamic", label="dynamic", io="float32", optimizations=("DEFAULT",)),
    Variant(
        name="float16",
        label="float16",
        io="float32",
        optimizations=("DEFAULT",),
        supported_types=("float16",),
    ),
    _quantized("int8", "int8", "float32", _INT8, _FLOAT),
    _quantized("int8_only", "int8 only", "int8", _INT8),
    _quantized("int8_per_channel", "int8 only, per channel", "int8", _INT8, per_tensor=False),
    _quantized("uint8_io", "int8, uint8 in and out", "uint8", _INT8),
    _quantized("int16x8", "16x8", "float32", _16X8, _FLOAT),
    _quantized("int16x8_only", "16x8 only", "int16", _16X8),
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
