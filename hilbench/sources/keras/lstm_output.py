"""An integer LSTM whose output has another scale than its hidden state, mended.

UNIDIRECTIONAL_SEQUENCE_LSTM writes its hidden state out as it is. Where what follows wants
one scale for several tensors, as CONCATENATION does, TensorFlow's quantiser gives the
operator's output that scale without converting the values: all that follows is then wrong.
"""

from __future__ import annotations

from typing import Any

from hilbench.core import extras
from hilbench.tflite import schema
from hilbench.tflite.graph import Graph, Operator

LSTM, HIDDEN = "UNIDIRECTIONAL_SEQUENCE_LSTM", 18
"""The operator, and where it has its hidden state among its inputs."""
NOTE = "the converter gave an LSTM's output another scale than its state: a QUANTIZE mends that"
_QUANTIZE = 114


def mislabelled(graph: Graph) -> list[Operator]:
    """The LSTMs whose integers mean other numbers as output than as hidden state."""
    return [each for each in graph.operators if each.name == LSTM and _differs(graph, each)]


def _differs(graph: Graph, operator: Operator) -> bool:
    state = graph.tensors[operator.inputs[HIDDEN]].quantization
    output = graph.tensors[operator.outputs[0]].quantization
    if state is None or output is None:
        return False
    return (state.scales, state.zero_points) != (output.scales, output.zero_points)


def mended(content: bytes, graph: Graph) -> bytes:
    """The file with a QUANTIZE from the state's scale to the output's behind each such LSTM.

    `graph` is what the file holds. A file without one is returned as it is.
    """
    if not (wrong := [graph.operators.index(each) for each in mislabelled(graph)]):
        return content
    schema_py = extras.tflite_schema()
    model = schema_py.ModelT.InitFromObj(schema_py.Model.GetRootAs(content, 0))
    code = schema_py.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = _QUANTIZE
    code.version = 1
    model.operatorCodes.append(code)
    main = model.subgraphs[0]
    for place in reversed(wrong):
        main.operators.insert(place + 1, _requantise(schema_py, main, place))
        main.operators[place + 1].opcodeIndex = len(model.operatorCodes) - 1
    return _packed(model)


def _requantise(schema_py: Any, main: Any, place: int) -> Any:
    """A QUANTIZE into the LSTM's old output, from a new one with the scale of the state."""
    lstm = main.operators[place]
    old, state = main.tensors[lstm.outputs[0]], main.tensors[lstm.inputs[HIDDEN]]
    own = schema_py.TensorT()
    own.shape, own.shapeSignature, own.type = old.shape, old.shapeSignature, old.type
    own.hasRank, own.buffer = old.hasRank, 0
    own.name = (old.name or b"") + b"/hidden"
    own.quantization = state.quantization
    main.tensors.append(own)
    quantise = schema_py.OperatorT()
    quantise.inputs, quantise.outputs = [len(main.tensors) - 1], [int(lstm.outputs[0])]
    lstm.outputs = quantise.inputs
    return quantise


def _packed(model: Any) -> bytes:
    builder = extras.flatbuffers().Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=schema.FILE_IDENTIFIER)
    return bytes(builder.Output())
