"""A number that int8 elements are multiplied by is written out, once for each of them.

The kernel of MUL walks both operands side by side. A number alone has strides of nought, with
which an element takes 24.5 cycles of a Cortex-M4 instead of 11.8. FastGRNN has one: its zeta.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hilbench.engines.aot.passes.rewriting import Rewriting
from hilbench.engines.aot.passes.tables import is_worth_a_table
from hilbench.tflite.graph import Graph, Operator


def spread_numbers(graph: Graph) -> Graph:
    """The same network, its products with a number being products of two tensors of one shape.

    What many elements are multiplied by is left alone: those products become a table.
    """
    to = Rewriting(graph)
    written: dict[tuple[int, tuple[int, ...]], int] = {}
    for operator in graph.operators:
        to.operators.append(_spread(to, operator, written))
    return to.written() if written else graph


def _spread(
    to: Rewriting, operator: Operator, written: dict[tuple[int, tuple[int, ...]], int]
) -> Operator:
    if operator.name != "MUL" or operator.custom or len(operator.inputs) != 2:
        return operator
    shape = to.tensors[operator.outputs[0]].shape
    inputs = list(operator.inputs)
    for place, index in enumerate(inputs):
        tensor = to.tensors[index]
        if tensor.data is None or tensor.dtype != "int8" or tensor.data.size != 1:
            continue
        if is_worth_a_table([operator], int(np.prod(shape))):
            continue
        if (index, shape) not in written:
            data = np.full(shape, tensor.data.item(), np.int8)
            written[index, shape] = to.add(replace(tensor, shape=shape, data=data))
        inputs[place] = written[index, shape]
    return replace(operator, inputs=tuple(inputs))
