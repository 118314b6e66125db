"""States of a network of integers that are kept in float stay the integers that they are.

A converter writes DEQUANTIZE in front of what a variable is assigned and QUANTIZE behind what is
read of it. With one scale these two give back each integer: x = (q - zero) * scale is rounded to
float32, and x / scale again, by less than a hundredth for all of 16 bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hilbench.engines.aot.passes.rewriting import COPY
from hilbench.tflite.graph import Graph, Operator, Tensor


def keep_integers(graph: Graph) -> Graph:
    """The same network; what quantizes and dequantizes for nobody is left to be dropped."""
    made = {index: each for each in graph.operators for index in each.outputs}
    integers = {
        variable.index: found
        for variable in graph.tensors
        if variable.is_variable and (found := _integers(graph, made, variable)) is not None
    }
    read = {
        each.outputs[0]: each.inputs[0]
        for each in graph.operators
        if each.inputs and each.inputs[0] in integers
    }

    def rewired(each: Operator) -> Operator:
        if each.name == COPY and each.outputs[0] in integers:
            return replace(each, inputs=(integers[each.outputs[0]].index,))
        return replace(each, inputs=tuple(read.get(index, index) for index in each.inputs))

    def kept(tensor: Tensor) -> Tensor:
        if (like := integers.get(tensor.index)) is None:
            return tensor
        return replace(tensor, dtype=like.dtype, quantization=like.quantization, initial=None)

    if not integers:
        return graph
    return replace(
        graph,
        tensors=tuple(map(kept, graph.tensors)),
        operators=tuple(map(rewired, graph.operators)),
    )


def _integers(graph: Graph, made: Mapping[int, Operator], variable: Tensor) -> Tensor | None:
    """What a float variable is assigned, as integers, if all who read it have it in their scale."""
    writer = made.get(variable.index)
    before = made.get(writer.inputs[0]) if writer is not None and writer.name == COPY else None
    if before is None or before.name != "DEQUANTIZE" or variable.dtype != "float32":
        return None
    if variable.initial is not None and variable.initial.any():
        return None
    written = graph.tensors[before.inputs[0]]
    readers = [each for each in graph.operators if variable.index in each.inputs]
    quantized = [graph.tensors[each.outputs[0]] for each in readers if each.name == "QUANTIZE"]
    outside = {variable.index, *(each.index for each in quantized)} & {
        *graph.inputs,
        *graph.outputs,
    }
    alike = all(
        (each.dtype, each.quantization) == (written.dtype, written.quantization)
        for each in quantized
    )
    whole = written.dtype in ("int8", "int16") and written.quantization is not None
    return written if whole and alike and len(quantized) == len(readers) and not outside else None
