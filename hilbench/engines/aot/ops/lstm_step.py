"""LSTM_STEP, an operator of the compiler's own: one trip of a float LSTM's loop."""

from __future__ import annotations

import numpy as np

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.affine import FLOAT32_MAX
from hilbench.engines.aot.numerics.rows import rows_in_eights
from hilbench.engines.aot.passes.lstm_steps import LSTM_STEP
from hilbench.engines.aot.program import Call, Constant, Struct, Value

_GATES = 4


class LstmStep(Lowering):
    """Inputs x, h, c and the weights and bias that `lstm_steps` has made; h' and c' in one."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.hidden, self.cell = (node.input(place) for place in range(3))
        self.batches, self.units = self.cell.shape

    def check(self) -> None:
        self.node.require_elements(self.hidden, self.batches * self.units)
        self.node.require_elements(self.node.output(), 2 * self.batches * self.units)

    def lower(self) -> Call:
        bias = self.node.optional_input(5)
        rows = np.zeros(_GATES * self.units, np.float32) if bias is None else self.node.constant(5)
        layer: dict[str, Value] = {
            "input_weights": Constant("weights", rows_in_eights(self._interleaved(3))),
            "recurrent_weights": Constant("weights", rows_in_eights(self._interleaved(4))),
            "bias": Constant("bias", self._by_unit(rows).ravel()),
            "batches": self.batches,
            "steps": 1,
            "inputs": self.source.elements // self.batches,
            "units": self.units,
            "clip": FLOAT32_MAX,
        }
        fields = {"layer": Struct("unidirectional_sequence_lstm_f32_params", layer)}
        inputs = [self.source, self.hidden, self.cell]
        return self.node.call("lstm_step_f32", "lstm_step.h", fields, inputs=inputs)

    def _interleaved(self, place: int) -> np.ndarray:
        """Rows of gates by unit: (gates units, columns)."""
        rows = self.node.constant(place)
        return self._by_unit(rows).reshape(rows.shape)

    def _by_unit(self, rows: np.ndarray) -> np.ndarray:
        """(gates units, ...) as (units, gates, ...)."""
        gates = rows.reshape(_GATES, self.units, *rows.shape[1:])
        return np.ascontiguousarray(gates.swapaxes(0, 1))


OPERATORS = {LSTM_STEP: LstmStep}
"""Of the compiler's own."""
