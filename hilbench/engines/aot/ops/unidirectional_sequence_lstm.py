"""UNIDIRECTIONAL_SEQUENCE_LSTM: a whole sequence through one layer, as one operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.affine import FLOAT32_MAX, Affine
from hilbench.engines.aot.numerics.lstm import (
    GATE_SCALE,
    VALUE_SCALE,
    Rescale,
    clip_limits,
    gate_rescale,
    logistic_table,
    product_rescale,
    tanh_argument,
)
from hilbench.engines.aot.numerics.packed import pack_rows, packed_bias, scratch_bytes
from hilbench.engines.aot.numerics.rounded import rounded
from hilbench.engines.aot.numerics.rows import rows_in_eights
from hilbench.engines.aot.numerics.weighted import row_sums
from hilbench.engines.aot.numerics.wide import WideFactor, wide_factor
from hilbench.engines.aot.program import Call, Constant, Pointer, Struct, Value

_HEADER = "unidirectional_sequence_lstm.h"

# Places of the operands, of each kind in the order of the gates: in, forget, cell, out.
_SOURCE = 0
_INPUT_WEIGHTS = range(1, 5)
_RECURRENT_WEIGHTS = range(5, 9)
_BIASES = range(12, 16)
_HIDDEN, _CELL = 18, 19
_LEFT_OUT = {
    "peepholes": range(9, 12),
    "a projection": range(16, 18),
    "layer normalisation": range(20, 24),
}
_GATES = 4


class UnidirectionalSequenceLstm(Lowering):
    """Input (batches, steps, inputs); hidden and cell state are variables (batches, units)."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(_SOURCE), node.output()
        self.hidden, self.cell = node.input(_HIDDEN), node.input(_CELL)
        node.require(len(self.source.shape) == 3, f"{self.source.label} is no sequence")
        self.batches, self.steps, self.inputs = self.source.shape
        self.units = self.cell.elements // max(self.batches, 1)
        self.clip = node.real("cell_clip")

    def check(self) -> None:
        node = self.node
        node.require_option("fused_activation_function", "TANH")
        node.require_option("time_major", False)
        node.require_type(self.source, "float32", "int8", "int16")
        node.require_same_type(self.source, self.hidden, self.target)
        node.require_type(self.cell, "float32" if self.is_float else "int16")
        for state in (self.hidden, self.cell):
            node.require(state.is_variable, f"{state.label} is not a variable")
            node.require_elements(state, self.batches * self.units)
        node.require_elements(self.target, self.batches * self.steps * self.units)
        for what, places in _LEFT_OUT.items():
            present = any(node.optional_input(place) is not None for place in places)
            node.require(not present, what)
        self._check_gates()

    def _check_gates(self) -> None:
        node = self.node
        for places, columns in (
            (_INPUT_WEIGHTS, self.inputs),
            (_RECURRENT_WEIGHTS, self.units),
        ):
            for weights in map(node.input, places):
                node.require_weights(weights, self.source, dimension=0)
                node.require_same_type(node.input(1), weights)
                node.require(weights.shape == (self.units, columns), f"shape of {weights.label}")
        for place in _BIASES:
            node.require_bias(node.input(place), self.source, self.units)

    @property
    def is_float(self) -> bool:
        return self.source.dtype == "float32"

    def lower(self) -> Call:
        if self.is_float:
            return self._hybrid() if self.node.input(1).dtype == "int8" else self._float()
        return self._wide() if self.source.dtype == "int16" else self.packed() or self.plain()

    @property
    def _shape(self) -> dict[str, Value]:
        return {
            "batches": self.batches,
            "steps": self.steps,
            "inputs": self.inputs,
            "units": self.units,
        }

    def _call(self, suffix: str, fields: Mapping[str, Value], scratch: int = 0) -> Call:
        return self.node.call(
            f"unidirectional_sequence_lstm_{suffix}",
            _HEADER,
            self._shape | dict(fields),
            inputs=[self.source, self.hidden, self.cell],
            scratch=scratch,
            is_recurrent=self.steps > 1,
        )

    def _float(self) -> Call:
        fields: dict[str, Value] = {
            "input_weights": self._in_eights(_INPUT_WEIGHTS, self.inputs),
            "recurrent_weights": self._in_eights(_RECURRENT_WEIGHTS, self.units),
            "bias": Constant("bias", self._interleaved(_BIASES)),
            "clip": self.clip if self.clip > 0 else FLOAT32_MAX,
        }
        return self._call("f32", fields)

    def _in_eights(self, places: Sequence[int], columns: int) -> Constant:
        rows = self._interleaved(places).reshape(_GATES * self.units, columns)
        return Constant("weights", rows_in_eights(rows))

    def packed(self) -> Call | None:
        """The call on packed weights, or None where that is not exact."""
        source, hidden = self.node.affine(self.source), self.node.affine(self.hidden)
        input_scales = self._packed_scales("input", source, _INPUT_WEIGHTS)
        recurrent_scales = self._packed_scales("recurrent", hidden, _RECURRENT_WEIGHTS)
        input_weights = self._packed_weights(_INPUT_WEIGHTS, source.zero_point)
        recurrent_weights = self._packed_weights(_RECURRENT_WEIGHTS, hidden.zero_point)
        to_the_right = all(-31 <= product.shift <= -1 for product in self._products.values())
        if not (input_scales and recurrent_scales and input_weights and recurrent_weights):
            return None
        if not to_the_right:
            return None
        biases = [packed_bias(self.node.constant(place)) for place in _BIASES]
        none = np.zeros(self.units, np.int32)
        bias = np.concatenate([none if found is None else found for found in biases])
        fields: dict[str, Value] = {
            "input_weights": input_weights,
            "recurrent_weights": recurrent_weights,
            "input_bias": Constant("bias", bias) if bias.any() else None,
            **input_scales,
            **recurrent_scales,
            "input_zero_point": source.zero_point,
            "cell": self._cell(),
        }
        return self._call("packed_s8", fields, self._scratch_bytes)

    @property
    def _scratch_bytes(self) -> int:
        """As the kernel's header has it: the inputs of two steps are multiplied at once."""
        at_once = min(self.steps, 2)
        products = 2 * at_once * _GATES * self.units
        of_inputs = scratch_bytes(self.inputs) * (4 if at_once == 2 else 1)
        return products + max(of_inputs, scratch_bytes(self.units))

    def _packed_weights(self, places: Sequence[int], zero_point: int) -> Constant | None:
        gates = [pack_rows(self.node.constant(place), zero_point) for place in places]
        known = [gate for gate in gates if gate is not None]
        return Constant("weights", np.concatenate(known)) if len(known) == _GATES else None

    def _packed_scales(
        self, name: str, source: Affine, places: Sequence[int]
    ) -> dict[str, Value] | None:
        rescales = [gate_rescale(source, self._scale(place)) for place in places]
        fast = [rounded(rescale.multiplier, rescale.shift, 0) for rescale in rescales]
        if None in fast:
            return None
        return _fields(name, [Rescale(r.multiplier, -r.shift) for r in rescales])

    def plain(self) -> Call:
        """The call that is right for all weights and scales."""
        source, hidden = self.node.affine(self.source), self.node.affine(self.hidden)
        input_rescales = [gate_rescale(source, self._scale(p)) for p in _INPUT_WEIGHTS]
        recurrent_rescales = [gate_rescale(hidden, self._scale(p)) for p in _RECURRENT_WEIGHTS]
        biases = self._interleaved(_BIASES)
        fields: dict[str, Value] = {
            "input_weights": Constant("weights", self._interleaved(_INPUT_WEIGHTS)),
            "recurrent_weights": Constant("weights", self._interleaved(_RECURRENT_WEIGHTS)),
            "input_offsets": self._offsets(_INPUT_WEIGHTS, source.zero_point, biases),
            "recurrent_offsets": self._offsets(_RECURRENT_WEIGHTS, hidden.zero_point),
            **_fields("input", input_rescales),
            **_fields("recurrent", recurrent_rescales),
            "cell": self._cell(),
        }
        return self._call("s8", fields)

    def _hybrid(self) -> Call:
        """The call on float inputs and int8 weights."""
        fields: dict[str, Value] = {
            "input_weights": Constant("weights", self._interleaved(_INPUT_WEIGHTS)),
            "recurrent_weights": Constant("weights", self._interleaved(_RECURRENT_WEIGHTS)),
            "bias": Constant("bias", self._interleaved(_BIASES)),
            "input_scales": self._scales(_INPUT_WEIGHTS),
            "recurrent_scales": self._scales(_RECURRENT_WEIGHTS),
            "clip": self.clip if self.clip > 0 else FLOAT32_MAX,
            "is_asymmetric": int(bool(self.node.option("asymmetric_quantize_inputs"))),
        }
        return self._call("hybrid", fields, self.inputs + self.units)

    def _wide(self) -> Call:
        """The call on int16 activations."""
        source, hidden = self.node.affine(self.source), self.node.affine(self.hidden)
        fields: dict[str, Value] = {
            "input_weights": Constant("weights", self._interleaved(_INPUT_WEIGHTS)),
            "recurrent_weights": Constant("weights", self._interleaved(_RECURRENT_WEIGHTS)),
            "bias": Constant("bias", self._interleaved(_BIASES)),
            **_fields("input", [self._wide_factor(source, place) for place in _INPUT_WEIGHTS]),
            **_fields(
                "recurrent", [self._wide_factor(hidden, place) for place in _RECURRENT_WEIGHTS]
            ),
            "cell": self._cell(),
        }
        return self._call("s16", fields)

    def _wide_factor(self, source: Affine, place: int) -> WideFactor:
        return wide_factor(source.scale * self._scale(place) / GATE_SCALE)

    @property
    def _products(self) -> dict[str, Rescale]:
        """What follows a multiplication of two values."""
        hidden, cell_scale = self.node.affine(self.hidden), self.node.affine(self.cell).scale
        return {
            "cell": product_rescale(VALUE_SCALE, VALUE_SCALE, cell_scale),
            "hidden": product_rescale(VALUE_SCALE, VALUE_SCALE, hidden.scale),
        }

    def _cell(self) -> Struct:
        """From the gates' arguments to the states."""
        hidden, cell_scale = self.node.affine(self.hidden), self.node.affine(self.cell).scale
        products = self._products | {"tanh": tanh_argument(cell_scale)}
        clip_min, clip_max = clip_limits(self.clip, cell_scale)
        table = Struct("lstm_logistic_table", {"values": logistic_table()}, is_table=True)
        fields: dict[str, Value] = {
            "logistic": Pointer(table),
            **{f"{name}_multiplier": product.multiplier for name, product in products.items()},
            **{f"{name}_shift": product.shift for name, product in products.items()},
            "hidden_zero_point": hidden.zero_point,
            "clip_min": clip_min,
            "clip_max": clip_max,
        }
        return Struct("lstm_cell_s8", fields)

    def _scale(self, place: int) -> float:
        return self.node.affine(self.node.input(place)).scale

    def _scales(self, places: Sequence[int]) -> np.ndarray:
        return np.array([self._scale(place) for place in places], np.float32)

    def _interleaved(self, places: Sequence[int]) -> np.ndarray:
        """The four gates' arrays (units, ...) as one (units, gates, ...)."""
        return np.ascontiguousarray(np.stack([self.node.constant(p) for p in places], axis=1))

    def _offsets(
        self, places: Sequence[int], zero_point: int, biases: np.ndarray | int = 0
    ) -> Constant:
        """biases - zero point * sum of the row, modulo 2^32: (units, gates) int32."""
        sums = np.stack([row_sums(self.node.constant(p)) for p in places], axis=1)
        offsets = np.asarray(biases, np.int64) - zero_point * sums.astype(np.int64)
        return Constant("offsets", offsets.astype(np.int32))


def _fields(name: str, rescales: Sequence[Rescale | WideFactor]) -> dict[str, Value]:
    return {
        f"{name}_multipliers": tuple(rescale.multiplier for rescale in rescales),
        f"{name}_shifts": tuple(rescale.shift for rescale in rescales),
    }


OPERATORS = {"UNIDIRECTIONAL_SEQUENCE_LSTM": UnidirectionalSequenceLstm}
