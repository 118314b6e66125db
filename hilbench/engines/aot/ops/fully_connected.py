"""FULLY_CONNECTED: rows of weights times each row of the input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from hilbench.engines.aot.node import Node
from hilbench.engines.aot.numerics.affine import Affine, limits_f32, limits_s8
from hilbench.engines.aot.numerics.blocks import kept_blocks
from hilbench.engines.aot.numerics.fixed_point import quantize_multiplier
from hilbench.engines.aot.numerics.packed import (
    pack_rows,
    packed_bias,
    scratch_bytes,
)
from hilbench.engines.aot.numerics.rounded import rounded, rounded_channels
from hilbench.engines.aot.numerics.rows import rows_in_eights
from hilbench.engines.aot.numerics.sums import Integers
from hilbench.engines.aot.numerics.weighted import per_channel_multipliers, row_sums
from hilbench.engines.aot.program import Call, Constant, Operand, Struct, Value
from hilbench.engines.aot.weighted import Mask, Weighted

_HEADER = "fully_connected.h"
FULLY_CONNECTED = "FULLY_CONNECTED"
BLOCKS = "fully_connected_blocks"
"""The kernels that skip blocks of zeros begin with it."""
_PACKED, _TWO_VECTORS = "fully_connected_packed_s8", "fully_connected_packed_2_vectors_s8"
_OF_OUTPUT = ("multiplier", "rounding", "shift")


def fits_two_vectors(call: Call) -> bool:
    """Whether there is a kernel that does this call and another one at once."""
    if call.kernel != _PACKED:
        return False
    fields = call.params.fields
    rows, limits = fields["rows"], (fields["min"], fields["max"])
    return isinstance(rows, int) and rows > 0 and rows % 4 == 0 and limits == (-128, 127)


def two_vectors(first: Call, second: Call) -> Call:
    """Two calls that differ only in their inputs, outputs and output scales, at once."""
    fields = first.params.fields
    scales = {
        f"{name}_{which}": call.params.fields[name]
        for which, call in (("a", first), ("b", second))
        for name in _OF_OUTPUT
    }
    same = {name: fields[name] for name in fields if name not in (*_OF_OUTPUT, "min", "max")}
    if fields["batches"] == 1:
        same["batches"] = 2
    return replace(
        first,
        kernel=_TWO_VECTORS,
        params=Struct(f"{_TWO_VECTORS}_params", {**same, **scales}),
        inputs=first.inputs + second.inputs,
        more_outputs=(second.output,),
        scratch=2 * first.scratch,
    )


_FEW = 16
"""So many weights are multiplied sooner than their input is widened."""


class FullyConnected(Weighted):
    """Inputs: value, weights (rows, columns), and perhaps a bias (rows)."""

    channel_axis = 0

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source = node.input(0)
        self.weights = node.input(1)
        self.bias = node.optional_input(2)
        self.target = node.output()
        self.activation = node.text("fused_activation_function")
        node.require(len(self.weights.shape) == 2, f"{self.weights.label} is not a matrix")
        self.rows, self.columns = self.weights.shape
        self.batches = self.source.elements // max(self.columns, 1)

    def check_form(self) -> None:
        node = self.node
        node.require_option("weights_format", 0)
        node.require_type(self.source, "float32", "int8", "int16")
        node.require_same_type(self.source, self.target)
        node.require_elements(self.source, self.batches * self.columns)
        node.require_elements(self.target, self.batches * self.rows)
        node.require_weights(self.weights, self.source, dimension=0)
        node.require_bias(self.bias, self.source, self.rows)

    def weight_rows(self) -> Integers:
        return self.node.constant(1).astype(np.int64)

    def sees_channels(self) -> bool:
        whole = self.columns % self._channels == 0 and self.target.shape[-1:] == (self.rows,)
        return super().sees_channels() and whole

    @property
    def _channels(self) -> int:
        return max(self.source.shape[-1], 1) if self.source.shape else 1

    def taps(self) -> Integers:
        return np.arange(self.columns) % self._channels

    def without(self, rows: Integers, outputs: Mask, inputs: Mask) -> npt.NDArray[np.int8]:
        return rows.astype(np.int8)[outputs][:, inputs[self.taps()]]

    def lower(self) -> Call:
        if self.is_hybrid:
            return self._hybrid()
        if self.source.dtype == "float32":
            return self.in_blocks() or self.dense_f32()
        if self.source.dtype == "int16":
            fields: dict[str, Value] = {**self.fields_s16(), **self._shape}
            return self.node.call("fully_connected_s16", _HEADER, fields, inputs=[self.source])
        few = self.rows * self.columns <= _FEW
        return (None if few else self.in_blocks() or self.packed()) or self.plain()

    @property
    def _shape(self) -> dict[str, Value]:
        return {"batches": self.batches, "rows": self.rows, "columns": self.columns}

    def in_blocks(self) -> Call | None:
        """The call that skips blocks of zeros, or None where a dense one is as fast."""
        kept = kept_blocks(self.node.constant(1))
        if kept is None:
            return None
        fields: dict[str, Value] = {
            "weights": Constant("weights", kept.weights),
            "gaps": Constant("gaps", kept.gaps),
            **self._shape,
        }
        if self.source.dtype == "float32":
            low, high = limits_f32(self.activation)
            fields |= {"bias": self.node.optional_constant("bias", 2), "min": low, "max": high}
            return self.node.call(f"{BLOCKS}_f32", f"{BLOCKS}.h", fields, inputs=[self.source])
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        scales = self._packed_scales(source, target)
        if scales is None or "channels" in scales:
            return None
        low_s8, high_s8 = limits_s8(self.activation, target)
        bias = self.biases()
        fields |= {
            "bias": Constant("bias", (2 * bias).astype(np.int32)) if bias.any() else None,
            **scales,
            "input_zero_point": source.zero_point,
            "min": low_s8,
            "max": high_s8,
        }
        inputs, scratch = [self.source], scratch_bytes(self.columns)
        return self.node.call(f"{BLOCKS}_s8", f"{BLOCKS}.h", fields, inputs=inputs, scratch=scratch)

    def packed(self) -> Call | None:
        """The call on weights packed in pairs of rows, or None where that is not exact."""
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        weights = pack_rows(self.node.constant(1), source.zero_point)
        scales = self._packed_scales(source, target)
        if weights is None or scales is None:
            return None
        bias = packed_bias(self.node.constant(2) if self.bias is not None else None)
        low, high = limits_s8(self.activation, target)
        fields: dict[str, Value] = {
            "weights": Constant("weights", weights),
            "bias": None if bias is None else Constant("bias", bias),
            **self._shape,
            **scales,
            "input_zero_point": source.zero_point,
            "min": low,
            "max": high,
        }
        call = self.node.call(
            "fully_connected_packed_per_channel_s8" if "channels" in scales else _PACKED,
            _HEADER,
            fields,
            inputs=[self.source],
            scratch=scratch_bytes(self.columns),
        )
        if self.batches < 2 or not fits_two_vectors(call):
            return call
        inputs = (Operand(self.source.index, self.columns),)
        output = Operand(self.target.index, self.rows)
        return two_vectors(call, replace(call, inputs=inputs, output=output))

    def _packed_scales(self, source: Affine, target: Affine) -> dict[str, Value] | None:
        """The fields of the output scale, one or one per row; None where one is out of range."""
        scales = self.node.quantization(self.weights).scales
        if len(scales) == 1:
            one = rounded(*self._factor(source, target), target.zero_point)
            return None if one is None else dict(vars(one))
        factors = per_channel_multipliers(source, scales, target, self.rows)
        channels = rounded_channels(*factors, target.zero_point)
        return None if channels is None else {"channels": Constant("channels", channels)}

    def plain(self) -> Call:
        """The call that is right for all weights and scales."""
        source, target = self.node.affine(self.source), self.node.affine(self.target)
        weights = self.node.constant(1)
        low, high = limits_s8(self.activation, target)
        fields: dict[str, Value] = {
            "weights": Constant("weights", weights),
            "bias": self.node.optional_constant("bias", 2),
            "row_sums": Constant("row_sums", row_sums(weights)),
            **self._shape,
            "input_zero_point": source.zero_point,
            "output_zero_point": target.zero_point,
            "min": low,
            "max": high,
        }
        if self.node.quantization(self.weights).per_channel:
            return self._per_channel(fields, source, target)
        fields["multiplier"], fields["shift"] = self._factor(source, target)
        return self.node.call("fully_connected_s8", _HEADER, fields, inputs=[self.source])

    def _factor(self, source: Affine, target: Affine) -> tuple[int, int]:
        """Multiplier and shift from products to the output."""
        return quantize_multiplier(
            source.scale * self.node.affine(self.weights).scale / target.scale
        )

    def _hybrid(self) -> Call:
        """Each row of inputs is quantized by itself."""
        is_asymmetric = bool(self.node.option("asymmetric_quantize_inputs"))
        fields = self.fields_hybrid(is_asymmetric=is_asymmetric) | self._shape
        inputs, scratch = [self.source], self.columns
        return self.node.call(
            "fully_connected_hybrid", _HEADER, fields, inputs=inputs, scratch=scratch
        )

    def dense_f32(self) -> Call:
        low, high = limits_f32(self.activation)
        fields: dict[str, Value] = {
            "weights": Constant("weights", rows_in_eights(self.node.constant(1))),
            "bias": self.node.optional_constant("bias", 2),
            **self._shape,
            "min": low,
            "max": high,
        }
        return self.node.call("fully_connected_f32", _HEADER, fields, inputs=[self.source])

    def _per_channel(self, fields: dict[str, Value], source: Affine, target: Affine) -> Call:
        scales = self.node.quantization(self.weights).scales
        multipliers, shifts = per_channel_multipliers(source, scales, target, self.rows)
        fields["multipliers"] = Constant("multipliers", multipliers)
        fields["shifts"] = Constant("shifts", shifts)
        return self.node.call(
            "fully_connected_per_channel_s8", _HEADER, fields, inputs=[self.source]
        )


OPERATORS = {FULLY_CONNECTED: FullyConnected}
