"""What TensorFlow Lite Micro invokes without a word and gets wrong."""

from __future__ import annotations

from hilbench.tflite.graph import Graph


def misread(graph: Graph) -> str:
    """The operator of a graph that TFLM would get wrong, and how; "" where there is none.

    TFLM takes the float LSTM for one of dynamic range: its int8 weights are read as floats.
    """
    for operator in graph.operators:
        types = [graph.tensors[index].dtype for index in operator.inputs[:2] if index >= 0]
        if operator.name == "UNIDIRECTIONAL_SEQUENCE_LSTM" and types == ["float32", "int8"]:
            where = f"operator {operator.index}, {operator.name}"
            return f"{where}, would take its int8 weights beside float inputs for floats"
    return ""
