"""UNIDIRECTIONAL_SEQUENCE_LSTM: a whole sequence through one layer, as one operator."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.affine import FLOAT32_MAX
from hilbench.engines.aot.numerics.lstm import (
    VALUE_SCALE,
    Rescale,
    clip_limits,
    gate_rescale,
    logistic_table,
    product_rescale,
    tanh_argument,
)
from hilbench.engines.aot.numerics.weighted import row_sums
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
        node.require_type(self.source, "float32", "int8")
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
                node.require_same_type(self.source, weights)
                node.require_weights(weights, dimension=0)
                node.require(weights.shape == (self.units, columns), f"shape of {weights.label}")
        for place in _BIASES:
            node.require_bias(node.input(place), self.source, self.units)

    @property
    def is_float(self) -> bool:
        return self.source.dtype == "float32"

    def lower(self) -> Call:
        shape: dict[str, Value] = {
            "batches": self.batches,
            "steps": self.steps,
            "inputs": self.inputs,
            "units": self.units,
        }
        fields = {**shape, **(self._float() if self.is_float else self._int8())}
        kernel = "unidirectional_sequence_lstm_" + ("f32" if self.is_float else "s8")
        inputs = [self.source, self.hidden, self.cell]
        return self.node.call(kernel, _HEADER, fields, inputs=inputs)

    def _float(self) -> dict[str, Value]:
        return {
            **self._weights(),
            "bias": Constant("bias", self._interleaved(_BIASES)),
            "clip": self.clip if self.clip > 0 else FLOAT32_MAX,
        }

    def _weights(self) -> dict[str, Value]:
        return {
            "input_weights": Constant("weights", self._interleaved(_INPUT_WEIGHTS)),
            "recurrent_weights": Constant("weights", self._interleaved(_RECURRENT_WEIGHTS)),
        }

    def _int8(self) -> dict[str, Value]:
        node = self.node
        source, hidden = node.affine(self.source), node.affine(self.hidden)
        cell_scale = node.affine(self.cell).scale
        input_rescales = [gate_rescale(source, self._scale(p)) for p in _INPUT_WEIGHTS]
        recurrent_rescales = [gate_rescale(hidden, self._scale(p)) for p in _RECURRENT_WEIGHTS]
        argument = tanh_argument(cell_scale)
        products = {
            "forget": product_rescale(VALUE_SCALE, cell_scale, cell_scale),
            "cell": product_rescale(VALUE_SCALE, VALUE_SCALE, cell_scale),
            "hidden": product_rescale(VALUE_SCALE, VALUE_SCALE, hidden.scale),
            "tanh": argument,
        }
        clip_min, clip_max = clip_limits(self.clip, cell_scale)
        table = Struct("lstm_logistic_table", {"values": logistic_table()}, is_table=True)
        biases = self._interleaved(_BIASES)
        return {
            **self._weights(),
            "input_offsets": self._offsets(_INPUT_WEIGHTS, source.zero_point, biases),
            "recurrent_offsets": self._offsets(_RECURRENT_WEIGHTS, hidden.zero_point),
            "logistic": Pointer(table),
            **_fields("input", input_rescales),
            **_fields("recurrent", recurrent_rescales),
            **{f"{name}_multiplier": product.multiplier for name, product in products.items()},
            **{f"{name}_shift": product.shift for name, product in products.items()},
            "hidden_zero_point": hidden.zero_point,
            "clip_min": clip_min,
            "clip_max": clip_max,
        }

    def _scale(self, place: int) -> float:
        return self.node.affine(self.node.input(place)).scale

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


def _fields(name: str, rescales: Sequence[Rescale]) -> dict[str, Value]:
    return {
        f"{name}_multipliers": tuple(rescale.multiplier for rescale in rescales),
        f"{name}_shifts": tuple(rescale.shift for rescale in rescales),
    }


OPERATORS = {"UNIDIRECTIONAL_SEQUENCE_LSTM": UnidirectionalSequenceLstm}
