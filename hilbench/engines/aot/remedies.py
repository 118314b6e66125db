"""What to do about a network that the engine cannot run, by what is in it."""

from __future__ import annotations

from collections.abc import Iterator

from hilbench.tflite.graph import Graph, Operator

_OTHER = "another variant or engine, such as int8_only or tflm"
_OTHER_ENGINE = "another engine, such as tflm"
_WEIGHTS = """
FULLY_CONNECTED CONV_2D DEPTHWISE_CONV_2D TRANSPOSE_CONV BATCH_MATMUL SVDF EMBEDDING_LOOKUP
UNIDIRECTIONAL_SEQUENCE_LSTM
"""
_WEIGHTED = frozenset(_WEIGHTS.split())
_BY_OPERATOR = {
    "ARG_MAX": ("int64", "argmax with output_type int32"),
    "ARG_MIN": ("int64", "argmin with output_type int32"),
}
_INSTEAD = {
    "CONV_3D": "CONV_3D is in no engine: a Conv2D for each frame, with the frames as channels",
    "TOPK_V2": "TOPK_V2 is in no engine: end the network before it, and choose among its outputs",
    **dict.fromkeys(
        ("RFFT2D", "COMPLEX_ABS", "REAL", "IMAG"),
        "spectra are in no engine: compute them before the network, as the samples",
    ),
}


def remedy(graph: Graph, refused: Iterator[Operator]) -> str:
    """One line, which begins with the cause where the file as a whole has one.

    It names no variant to the user of a network that is in int8 already.
    """
    found = [line for operator in refused for line in _of(graph, operator)]
    return "; ".join(dict.fromkeys(found)) or (_OTHER_ENGINE if _is_int8(graph) else _OTHER)


def _is_int8(graph: Graph) -> bool:
    """Whether the network computes in int8: some result of an operator is quantized to it."""
    results = (graph.tensors[i] for operator in graph.operators for i in operator.outputs)
    return any(tensor.dtype == "int8" and tensor.quantization for tensor in results)


def _of(graph: Graph, operator: Operator) -> Iterator[str]:
    tensors = [graph.tensors[i] for i in (*operator.inputs, *operator.outputs) if i >= 0]
    types = [tensor.dtype for tensor in tensors]
    if operator.name in _INSTEAD:
        yield _INSTEAD[operator.name]
    if operator.custom:
        yield "they belong to the program that the file was made for: end the network before them"
    if operator.name in _BY_OPERATOR and _BY_OPERATOR[operator.name][0] in types:
        yield _BY_OPERATOR[operator.name][1]
    integers = any(t.dtype in ("int8", "int4") and t.data is not None for t in tensors[1:])
    if operator.name in _WEIGHTED and types[:1] == ["float32"] and integers:
        yield (
            "weights of dynamic range beside real inputs, which TensorFlow Lite Micro lacks too:"
            " convert with samples that calibrate (int8_only) or without quantization (basic)"
        )
    if any(t.dtype == "int16" and t.quantization and not t.is_variable for t in tensors):
        yield (
            "activations of 16 bits, which few operators have: int8 ones (int8_only),"
            " or the engine tflm"
        )
