"""The trip of a float LSTM's loop becomes one operator, LSTM_STEP.

Found by what it computes, wherever the rest of the loop brings its operands from:

    i, f, g, o = split(W x + R h + b)      in any order
    c' = logistic(f) c + logistic(i) tanh(g)
    h' = logistic(o) tanh(c')

LSTM_STEP has the inputs x, h, c, W, R and perhaps b, rows in the order i, f, g, o, and one
output: the rows of h', then those of c'.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from hilbench.engines.aot.passes.rewriting import Rewriting
from hilbench.tflite.graph import Graph, Operator, Tensor

LSTM_STEP = "LSTM_STEP"
_GATES = 4


@dataclass
class _Match:
    """`done` are the operators that it stands for."""

    cell: Operator
    next_cell: int = -1
    state: int = -1
    gates: dict[str, int] = field(default_factory=dict)
    products: list[Operator] = field(default_factory=list)
    bias: list[np.ndarray] = field(default_factory=list)
    done: list[Operator] = field(default_factory=list)


def lstm_steps(graph: Graph) -> Graph:
    """The same graph with LSTM_STEP where that is recognised."""
    return _Steps(graph).rewritten()


class _Steps(Rewriting):
    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self._readers: dict[int, list[Operator]] = {}
        for op in graph.operators:
            for index in op.inputs:
                self._readers.setdefault(index, []).append(op)

    def rewritten(self) -> Graph:
        found = [match for op in self.graph.operators if (match := self._match(op)) is not None]
        if not found:
            return self.graph
        gone = {op.index for match in found for op in match.done}
        begins = {match.cell.index: match for match in found}
        for op in self.graph.operators:
            if op.index in begins:
                self._write(begins[op.index])
            elif op.index not in gone:
                self.operators.append(op)
        return self.written()

    def _match(self, last: Operator) -> _Match | None:
        """What ends in this operator: h' = logistic(o) tanh(c')."""
        gate, value = self._factors(last, "LOGISTIC", "TANH")
        cell = self._plain(value.inputs[0], "ADD") if value is not None else None
        if gate is None or value is None or cell is None:
            return None
        found = _Match(cell, cell.outputs[0], done=[last, gate, value, cell])
        found.gates["o"] = gate.inputs[0]
        if not self._cell(found) or not self._sums(found) or not self._is_closed(found, last):
            return None
        return found

    def _cell(self, found: _Match) -> bool:
        """c' = logistic(f) c + logistic(i) tanh(g), its terms and factors in any order."""
        terms = [self._plain(index, "MUL") for index in found.cell.inputs]
        for new, old in (terms, terms[::-1]):
            if new is None or old is None:
                return False
            gate, value = self._factors(new, "LOGISTIC", "TANH")
            forget = [op for index in old.inputs if (op := self._plain(index, "LOGISTIC"))]
            if gate is None or value is None or len(forget) != 1:
                continue
            kept = [index for index in old.inputs if index != forget[0].outputs[0]]
            if len(kept) != 1:
                continue
            found.state = kept[0]
            found.gates |= {"i": gate.inputs[0], "g": value.inputs[0], "f": forget[0].inputs[0]}
            found.done += [new, old, gate, value, forget[0]]
            return True
        return False

    def _sums(self, found: _Match) -> bool:
        """The four parts of one sum of two products."""
        split = self.writers.get(found.gates["o"])
        if split is None or split.name != "SPLIT" or split.custom:
            return False
        if sorted(split.outputs) != sorted(found.gates.values()):
            return False
        axis, whole = (self.tensors[index] for index in split.inputs)
        last = len(whole.shape) - 1
        if last != 1 or axis.data is None or int(axis.data.ravel()[0]) not in (-1, last):
            return False
        found.done.append(split)
        return self._terms(whole.index, found) and self._fits(found, whole)

    def _terms(self, index: int, found: _Match) -> bool:
        """Products and constants that this tensor is the sum of."""
        tensor = self.tensors[index]
        if tensor.data is not None:
            found.bias.append(tensor.data)
            return True
        dense, add = self._plain(index, "FULLY_CONNECTED"), self._plain(index, "ADD")
        if add is not None:
            found.done.append(add)
            return all(self._terms(operand, found) for operand in add.inputs)
        flat = self._plain(index, "RESHAPE")
        if flat is not None and self.tensors[flat.inputs[0]].shape == (1, *tensor.shape):
            found.done.append(flat)  # of a batch of 1, added by broadcasting
            return self._terms(flat.inputs[0], found)
        if dense is None or len(dense.inputs) < 2:
            return False
        found.done.append(dense)
        found.products.append(dense)
        bias = dense.inputs[2] if len(dense.inputs) > 2 else -1
        if bias >= 0 and self.tensors[bias].data is not None:
            found.bias.append(np.asarray(self.tensors[bias].data))
        return bias < 0 or self.tensors[bias].data is not None

    def _fits(self, found: _Match, whole: Tensor) -> bool:
        """Two products of float weights; the second is put behind, of as many columns as units."""
        state = self.tensors[found.state]
        if len(state.shape) != 2 or state.dtype != "float32" or len(found.products) != 2:
            return False
        batches, units = state.shape
        if batches < 1 or whole.shape != (batches, _GATES * units):
            return False
        for dense in found.products:
            x, weights = (self.tensors[index] for index in dense.inputs[:2])
            if weights.data is None or weights.dtype != "float32" or len(weights.shape) != 2:
                return False
            if x.dtype != "float32" or x.shape != (batches, weights.shape[1]):
                return False
        found.products.sort(key=lambda dense: self._columns(dense) == units)
        return self._columns(found.products[1]) == units and all(
            bias.size == _GATES * units and bias.dtype == np.float32 for bias in found.bias
        )

    def _columns(self, dense: Operator) -> int:
        return self.tensors[dense.inputs[1]].shape[1]

    def _is_closed(self, found: _Match, last: Operator) -> bool:
        """Whether nobody else reads what lies between the operands and h' and c'."""
        done = {op.index for op in found.done}
        inner = {index for op in found.done for index in op.outputs}
        inner -= {last.outputs[0], found.next_cell}
        read = (reader for index in inner for reader in self._readers.get(index, ()))
        return all(reader.index in done for reader in read) and not inner & {*self.graph.outputs}

    def _write(self, found: _Match) -> None:
        """In the place of c': everything that it needs is there before."""
        last = found.done[0]
        split = next(op for op in found.done if op.name == "SPLIT")
        order = [split.outputs.index(found.gates[gate]) for gate in "ifgo"]
        operands = [dense.inputs[0] for dense in found.products]
        arrays = [self.tensors[dense.inputs[1]].data for dense in found.products]
        if found.bias:
            arrays.append(np.sum(found.bias, axis=0, dtype=np.float32).reshape(-1))
        rows = [self.constant(_in_order(array, order)) for array in arrays if array is not None]
        hidden = self.tensors[last.outputs[0]]
        batches, units = hidden.shape
        both = self.add(replace(hidden, shape=(2 * batches, units), data=None))
        inputs = (*operands, found.state, *rows)
        self.operators.append(Operator(0, LSTM_STEP, inputs, (both,)))
        axis = self.constant(np.zeros((), np.int32))
        states = (last.outputs[0], found.next_cell)
        self.operators.append(Operator(0, "SPLIT", (axis, both), states, {"num_splits": 2}))

    def _factors(
        self, product: Operator, *names: str
    ) -> tuple[Operator, Operator] | tuple[None, None]:
        """The writers of the two factors, in the order of their `names`."""
        if self._plain(product.outputs[0], "MUL") is not product:
            return None, None
        for pair in (product.inputs, product.inputs[::-1]):
            a, b = (self._plain(index, name) for index, name in zip(pair, names, strict=True))
            if a is not None and b is not None:
                return a, b
        return None, None

    def _plain(self, index: int, name: str) -> Operator | None:
        """The writer of a tensor where it is this operator, without an activation."""
        op = self.writers.get(index)
        if op is None or op.name != name or op.custom:
            return None
        return op if op.options.get("fused_activation_function", "NONE") == "NONE" else None


def _in_order(rows: np.ndarray, order: list[int]) -> np.ndarray:
    """The four gates' rows of an array (4 units, ...) in another order."""
    parts = np.split(rows, _GATES)
    return np.ascontiguousarray(np.concatenate([parts[place] for place in order]))
