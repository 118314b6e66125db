"""Operators that hand integers on as they are, where the file says that their scale changes.

UNIDIRECTIONAL_SEQUENCE_LSTM writes its hidden state, REVERSE_V2 its input, CONCATENATION its
inputs, ONE_HOT its two values. TensorFlow's quantizer gives such an operator's output a scale
of its own where what follows wants one, as CONCATENATION does, or where the calibrated ranges
differ, and converts no value: all that follows is wrong then, in every interpreter. A QUANTIZE
mends it.

A bias is added to products, and has their scale. In 16x8 the quantizer gives the steps of an
unrolled loop the one that it wrote for the first, whose input has another scale than theirs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hilbench.core import extras
from hilbench.sources import objects
from hilbench.tflite.graph import Graph, Operator

NOTE = "the converter changed a scale without converting the values: a QUANTIZE mends that"
BIAS_NOTE = "the converter gave unrolled steps a bias in the scale of the first: each has its own"

_LSTM, _HIDDEN = "UNIDIRECTIONAL_SEQUENCE_LSTM", 18
"""The operator, and where it has its hidden state among its inputs."""
_AS_THEY_ARE = frozenset(
    f"""{_LSTM} REVERSE_V2 RESHAPE TRANSPOSE SQUEEZE EXPAND_DIMS PACK UNPACK CONCATENATION SPLIT
    SPLIT_V SLICE STRIDED_SLICE GATHER GATHER_ND PAD PADV2 MIRROR_PAD TILE BROADCAST_TO SELECT
    SELECT_V2 MAXIMUM MINIMUM REDUCE_MAX REDUCE_MIN MAX_POOL_2D AVERAGE_POOL_2D RESIZE_BILINEAR
    RESIZE_NEAREST_NEIGHBOR SPACE_TO_DEPTH DEPTH_TO_SPACE SPACE_TO_BATCH_ND BATCH_TO_SPACE_ND
    DYNAMIC_UPDATE_SLICE ONE_HOT""".split()
)
_WITH_BIAS = ("FULLY_CONNECTED", "CONV_2D", "DEPTHWISE_CONV_2D")
"""Operators of an input, weights and a bias."""
_INTEGERS = ("int8", "uint8", "int16")
_QUANTIZE = 114


def changed(graph: Graph) -> list[Operator]:
    """The operators of a graph whose integers mean other numbers behind them than before."""
    return [each for each in graph.operators if _before(graph, each) or _behind(graph, each)]


def _sources(graph: Graph, operator: Operator) -> list[int]:
    """The tensors whose integers the operator hands on."""
    if operator.name not in _AS_THEY_ARE:
        return []
    places = operator.inputs[_HIDDEN:][:1] if operator.name == _LSTM else operator.inputs
    return [index for index in places if index >= 0 and _is_quantized(graph, index)]


def _is_quantized(graph: Graph, index: int) -> bool:
    tensor = graph.tensors[index]
    return tensor.dtype in _INTEGERS and tensor.quantization is not None


def _differ(graph: Graph, one: int, other: int) -> bool:
    first, second = graph.tensors[one].quantization, graph.tensors[other].quantization
    if first is None or second is None:
        return False
    return (first.scales, first.zero_points) != (second.scales, second.zero_points)


def _before(graph: Graph, operator: Operator) -> list[int]:
    """Of several sources those that are of another scale than the output."""
    sources = _sources(graph, operator)
    if len(sources) < 2:
        return []
    return [s for s in sources if any(_differ(graph, s, t) for t in operator.outputs)]


def _behind(graph: Graph, operator: Operator) -> list[int]:
    """The outputs that are of another scale than the only source."""
    sources = _sources(graph, operator)
    if len(sources) != 1:
        return []
    return [t for t in operator.outputs if _differ(graph, t, sources[0])]


def off_bias(graph: Graph) -> list[Operator]:
    """The operators whose bias is more than a step of their output away from what it should be."""
    return [each for each in graph.operators if _is_off(graph, each)]


def _is_off(graph: Graph, operator: Operator) -> bool:
    products = _products(graph, operator)
    if products is None:
        return False
    bias, output = (graph.tensors[i] for i in (operator.inputs[2], operator.outputs[0]))
    if bias.data is None or bias.quantization is None or output.quantization is None:
        return False
    away = bias.data * (np.array(bias.quantization.scales) - products)
    return bool(np.abs(away).max(initial=0) > output.quantization.scales[0])


def _products(graph: Graph, operator: Operator) -> NDArray[np.float64] | None:
    """The scale of an operator's products, one or one for each output channel."""
    if operator.name not in _WITH_BIAS or len(operator.inputs) < 3 or operator.inputs[2] < 0:
        return None
    source, weights = (graph.tensors[index].quantization for index in operator.inputs[:2])
    if source is None or weights is None:
        return None
    return np.array(weights.scales) * source.scales[0]


def notes(graph: Graph) -> tuple[str, ...]:
    """What `mended` does to the file."""
    said = {NOTE: changed(graph), BIAS_NOTE: off_bias(graph)}
    return tuple(note for note, where in said.items() if where)


def mended(content: bytes, graph: Graph) -> bytes:
    """The file with a QUANTIZE wherever `changed` finds one missing, and biases in their scales.

    `graph` is what the file holds. A file without such a place is returned as it is.
    """
    if not notes(graph):
        return content
    model = objects.read(content)
    _Mender(extras.tflite_schema(), model, graph).mend()
    return objects.written(model)


class _Mender:
    """Puts operators between those of the main graph, in TensorFlow's own objects."""

    def __init__(self, schema_py: Any, model: Any, graph: Graph) -> None:
        self._schema, self._graph = schema_py, graph
        self._main, self._codes = model.subgraphs[0], model.operatorCodes
        self._buffers = model.buffers
        self._biases: dict[tuple[int, bytes], int] = {}

    def mend(self) -> None:
        for each, own in zip(self._graph.operators, self._main.operators, strict=True):
            if _is_off(self._graph, each):
                own.inputs = [*own.inputs[:2], self._bias(each), *own.inputs[3:]]
        if changed(self._graph):
            self._put_between()

    def _bias(self, operator: Operator) -> int:
        """A bias of the operator's own scale, shared by those that have the same."""
        products, index = _products(self._graph, operator), operator.inputs[2]
        old = self._graph.tensors[index]
        assert products is not None  # noqa: S101 - it is off
        assert old.data is not None and old.quantization is not None  # noqa: S101 - as above
        key = index, products.tobytes()
        if key not in self._biases:
            self._biases[key] = self._like(index, index)
            tensor, buffer = self._main.tensors[-1], self._schema.BufferT()
            real = old.data * np.array(old.quantization.scales)
            values = np.round(real / products).astype(old.data.dtype)
            buffer.data = np.frombuffer(values.tobytes(), np.uint8)
            self._buffers.append(buffer)
            tensor.buffer, tensor.quantization = len(self._buffers) - 1, self._scaled(products)
        return self._biases[key]

    def _scaled(self, scales: NDArray[np.float64]) -> Any:
        quantization = self._schema.QuantizationParametersT()
        quantization.scale = scales.astype(np.float32)
        quantization.zeroPoint = np.zeros(len(scales), np.int64)
        return quantization

    def _put_between(self) -> None:
        code = self._schema.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = _QUANTIZE
        code.version = 1
        self._codes.append(code)
        found: list[Any] = []
        for each, own in zip(self._graph.operators, self._main.operators, strict=True):
            before, behind = _before(self._graph, each), _behind(self._graph, each)
            fresh = {index: self._like(index, each.outputs[0]) for index in before}
            found += [self._quantize(index, copy) for index, copy in fresh.items()]
            if fresh:
                own.inputs = [fresh.get(index, index) for index in each.inputs]
            found.append(own)
            if behind:
                (source,) = _sources(self._graph, each)
                fresh = {index: self._like(index, source) for index in behind}
                own.outputs = [fresh.get(index, index) for index in each.outputs]
                found += [self._quantize(copy, index) for index, copy in fresh.items()]
        self._main.operators = found

    def _like(self, index: int, scale_of: int) -> int:
        """A new tensor of the shape of one and the scale of another."""
        old, tensor = self._main.tensors[index], self._schema.TensorT()
        for name in ("shape", "shapeSignature", "type", "hasRank"):
            setattr(tensor, name, getattr(old, name))
        tensor.buffer, tensor.name = 0, (old.name or b"") + b"/scaled"
        tensor.quantization = self._main.tensors[scale_of].quantization
        self._main.tensors.append(tensor)
        return len(self._main.tensors) - 1

    def _quantize(self, source: int, target: int) -> Any:
        operator = self._schema.OperatorT()
        operator.opcodeIndex = len(self._codes) - 1
        operator.inputs, operator.outputs = [source], [target]
        return operator
