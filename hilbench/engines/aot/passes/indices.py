"""What the elements of an index vector are: constants, or numbers that only the run gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hilbench.tflite.graph import Operator, Tensor

Number = tuple[int | None, int]
"""(a tensor of one element or None, a constant): their sum."""


class Indices:
    """Index vectors of a graph: `tensors`, and the operator that writes each."""

    def __init__(self, tensors: Sequence[Tensor], writers: Mapping[int, Operator]) -> None:
        self._tensors, self._writers = tensors, writers

    def of(self, index: int) -> list[Number] | None:
        """The elements of an integer tensor; None where they are unknown or too many."""
        data, writer = self._tensors[index].data, self._writers.get(index)
        if data is not None:
            return [(None, int(value)) for value in data.ravel()] if data.size < 9 else None
        if self._tensors[index].elements != 1 and (writer is None or writer.custom):
            return None
        if writer is not None and writer.name in ("CONCATENATION", "PACK"):
            parts = [self.of(operand) for operand in writer.inputs]
            return None if None in parts else [n for part in parts if part for n in part]
        if self._tensors[index].elements != 1:
            return None
        if writer is not None and writer.name in ("RESHAPE", "EXPAND_DIMS", "SQUEEZE"):
            return self.of(writer.inputs[0])
        if writer is not None and writer.name == "ADD":
            return self._sum(writer, index)
        return [(index, 0)]

    def _sum(self, add: Operator, index: int) -> list[Number]:
        """A scalar and a constant; another sum is a scalar of its own."""
        a, b = (self.of(operand) for operand in add.inputs)
        terms = [*(a or []), *(b or [])]
        scalars = [scalar for scalar, _ in terms if scalar is not None]
        plain = add.options["fused_activation_function"] == "NONE"
        if len(terms) != 2 or len(scalars) != 1 or not plain:
            return [(index, 0)]
        return [(scalars[0], sum(constant for _, constant in terms))]
