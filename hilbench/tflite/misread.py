"""What TensorFlow Lite Micro invokes without a word and gets wrong."""

from __future__ import annotations

import numpy as np

from hilbench.tflite.graph import Graph, Operator


def misread(graph: Graph) -> str:
    """The operator of a graph that TFLM would get wrong, and how; "" where there is none."""
    for subgraph in (graph, *graph.subgraphs):
        for operator in subgraph.operators:
            for wrong in (_bytes_as_floats, _unwritten_border):
                if how := wrong(subgraph, operator):
                    return f"operator {operator.index}, {operator.name}, {how}"
    return ""


def _bytes_as_floats(graph: Graph, operator: Operator) -> str:
    """TFLM takes an LSTM of dynamic range for one of floats."""
    types = [graph.tensors[index].dtype for index in operator.inputs[:2] if index >= 0]
    if operator.name == "UNIDIRECTIONAL_SEQUENCE_LSTM" and types == ["float32", "int8"]:
        return "would take its int8 weights beside float inputs for floats"
    return ""


def _unwritten_border(graph: Graph, operator: Operator) -> str:
    """TFLM never sets the value of a border: fresh memory holds 0, which fits where 0 means 0."""
    if operator.name != "SPACE_TO_BATCH_ND" or len(operator.inputs) != 3:
        return ""
    source, border = (graph.tensors[operator.inputs[position]] for position in (0, 2))
    zero_point = source.quantization.zero_points[0] if source.quantization else 0
    if zero_point and (border.data is None or np.any(border.data)):
        return f"would fill its border with 0 instead of the zero point, {zero_point}"
    return ""
