"""A convolution in groups becomes convolutions of the groups.

A CONV_2D whose weights see fewer channels than the input has is one convolution for each group of
input channels; the weights of the outputs follow each other by group. Where a group is one
channel, it is a DEPTHWISE_CONV_2D.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np

from hilbench.engines.aot.passes.rewriting import Rewriting
from hilbench.tflite.graph import Graph, Operator, OptionValue, Quantization, Tensor


def part_groups(graph: Graph) -> Graph:
    """The same network, in which every CONV_2D sees all channels of its input."""
    return _Parting(graph).parted()


def _groups(source: Tensor, weights: Tensor, target: Tensor) -> int:
    """How many groups there are; 1 for what is not a convolution in groups."""
    shapes = source.shape, weights.shape, target.shape
    if weights.data is None or weights.elements == 0 or any(len(shape) != 4 for shape in shapes):
        return 1
    count, rest = divmod(source.shape[3], weights.shape[3])
    fits = rest == 0 and count > 1 and weights.shape[0] % count == 0
    return count if fits and target.shape[3] == weights.shape[0] else 1


class _Parting(Rewriting):
    def parted(self) -> Graph:
        for operator in self.graph.operators:
            count = 1
            if operator.name == "CONV_2D" and not operator.custom:
                count = self._count(operator)
            if count > 1:
                self._part(operator, count)
            else:
                self.operators.append(operator)
        return self.graph if len(self.tensors) == len(self.graph.tensors) else self.written()

    def _count(self, operator: Operator) -> int:
        if min(operator.inputs[:2], default=-1) < 0 or len(operator.inputs) < 2:
            return 1
        source, weights = (self.tensors[index] for index in operator.inputs[:2])
        bias = self._bias(operator)
        if bias is not None and (bias.data is None or bias.elements != weights.shape[0]):
            return 1  # which the operator's own check refuses
        if source.dtype == "float32" and weights.dtype == "int8":
            return 1  # dynamic range: all channels are quantized together
        return _groups(source, weights, self.tensors[operator.outputs[0]])

    def _bias(self, operator: Operator) -> Tensor | None:
        indices = operator.inputs[2:3]
        return self.tensors[indices[0]] if indices and indices[0] >= 0 else None

    def _part(self, operator: Operator, count: int) -> None:
        weights = self.tensors[operator.inputs[1]]
        if weights.shape[3] == 1:
            return self._depthwise(operator, weights)
        source, target = self.tensors[operator.inputs[0]], self.tensors[operator.outputs[0]]
        sources, targets = (self._pieces(tensor, count) for tensor in (source, target))
        axis = self.constant(np.array(3, np.int32), "axis")
        split = Operator(0, "SPLIT", (axis, source.index), tuple(sources), {"num_splits": count})
        self.operators.append(split)
        filters, biases = self._cut(weights, count), [-1] * count
        bias = self._bias(operator)
        if bias is not None:
            biases = self._cut(bias, count)
        for group in zip(sources, filters, biases, targets, strict=True):
            self.operators.append(replace(operator, inputs=group[:3], outputs=group[3:]))
        options: dict[str, OptionValue] = {"axis": 3, "fused_activation_function": "NONE"}
        joined = Operator(0, "CONCATENATION", tuple(targets), (target.index,), options)
        self.operators.append(joined)
        return None

    def _depthwise(self, operator: Operator, weights: Tensor) -> None:
        """Weights (outputs, height, width, 1) as (1, height, width, outputs)."""
        data = np.ascontiguousarray(cast(np.ndarray, weights.data).transpose(3, 1, 2, 0))
        found = weights.quantization
        along = replace(found, dimension=3) if found is not None else None
        turned = replace(weights, shape=data.shape, data=data, quantization=along)
        inputs = (operator.inputs[0], self.add(turned), *operator.inputs[2:])
        multiplier = weights.shape[0] // self.tensors[operator.inputs[0]].shape[3]
        options = {**operator.options, "depth_multiplier": multiplier}
        depthwise = replace(operator, name="DEPTHWISE_CONV_2D", inputs=inputs, options=options)
        self.operators.append(depthwise)

    def _pieces(self, tensor: Tensor, count: int) -> list[int]:
        """Tensors for equal parts of the channels."""
        shape = (*tensor.shape[:3], tensor.shape[3] // count)
        return [self.add(replace(tensor, shape=shape)) for _ in range(count)]

    def _cut(self, tensor: Tensor, count: int) -> list[int]:
        """Equal parts of a constant along its first axis."""
        found = []
        for n, data in enumerate(np.split(cast(np.ndarray, tensor.data), count)):
            part = replace(tensor, shape=data.shape, data=data)
            found.append(self.add(replace(part, quantization=_of_part(tensor, n, count))))
        return found


def _of_part(tensor: Tensor, number: int, count: int) -> Quantization | None:
    """The scales of one part of the first axis."""
    found = tensor.quantization
    if found is None or not found.per_channel or found.dimension != 0:
        return found
    size = len(found.scales) // count
    here = slice(number * size, (number + 1) * size)
    return replace(found, scales=found.scales[here], zero_points=found.zero_points[here])
