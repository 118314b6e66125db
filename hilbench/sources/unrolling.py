"""The loops of a float .tflite, written out: the converter's quantizer crashes on a WHILE.

A loop is run on what is known before it runs: the counters, which are constants, and the
lists that it collects rows in, each of which is a concatenation of rows put there. What is left
of an iteration are its operators on tensors, which are copied.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hilbench.core import extras
from hilbench.core.errors import Unsupported
from hilbench.sources import objects
from hilbench.tflite import reader
from hilbench.tflite.graph import Graph, Operator

NOTE = "recurrent loops are unrolled in the converted file: the converter crashes on them in int8"

_INTEGERS = "iub"


_Part = NDArray[Any] | tuple[int, int]


@dataclass(frozen=True)
class _Rows:
    """Concatenated along the first axis: constants, or numbers of tensors and their rows."""

    parts: tuple[_Part, ...]


_Value = int | NDArray[Any] | _Rows
"""A tensor of the new graph by its number, a constant, or rows."""


def unrolled(content: bytes, longest: int) -> bytes:
    """The file without loops; as it is if it has none.

    Raises Unsupported for a loop whose steps depend on data or are more than `longest`.
    """
    graph = reader.parse(content)
    if not any(operator.name == "WHILE" for operator in graph.operators):
        return content
    model = objects.read(content)
    _Unroller(extras.tflite_schema(), model, graph, longest).unroll()
    found = objects.written(model)
    _check(content, found)
    return found


def _check(content: bytes, found: bytes) -> None:
    """Both compute the same of random inputs, in shapes that the new one states.

    Raises Unsupported.
    """
    lite, results = extras.tensorflow().lite, []
    for each in (content, found):
        interpreter = lite.Interpreter(model_content=each)
        interpreter.allocate_tensors()
        random = np.random.default_rng(0)
        for tensor in interpreter.get_input_details():
            values = random.uniform(0, 1, tensor["shape"]).astype(tensor["dtype"])
            interpreter.set_tensor(tensor["index"], values)
        interpreter.invoke()
        ends = interpreter.get_output_details()
        results.append([interpreter.get_tensor(tensor["index"]) for tensor in ends])
    graph = reader.parse(found)
    used = {index for operator in graph.operators for index in operator.outputs}
    for tensor in interpreter.get_tensor_details():
        if tensor["index"] in used and (*tensor["shape"],) != graph.tensors[tensor["index"]].shape:
            raise Unsupported(f"a loop in which {graph.tensors[tensor['index']].label} is open")
    for before, after in zip(*results, strict=True):
        if not np.allclose(before, after, rtol=1e-4, atol=1e-6):
            raise Unsupported("a loop that computes something else when it is unrolled")


class _Unroller:
    """Writes the operators of the main graph anew, in TensorFlow's own objects.

    `_places` says where a constant is: by its identity the subgraph and the tensor.
    """

    def __init__(self, schema_py: Any, model: Any, graph: Graph, longest: int) -> None:
        self._schema, self._model, self._graph, self._longest = schema_py, model, graph, longest
        self._main = model.subgraphs[0]
        self._written: list[Any] = []
        self._arrays: dict[tuple[int, int], NDArray[Any]] = {}
        self._places: dict[int, tuple[int, int]] = {}
        self._copies: dict[tuple[int, int], int] = {}

    def unroll(self) -> None:
        self._refuse_other_calls()
        values: dict[int, _Value] = dict(enumerate(range(len(self._graph.tensors))))
        values |= self._constants(0)
        self._run(0, values, own=True)
        ends = {index: self._tensor(values[index]) for index in self._graph.outputs}
        self._main.operators = self._written
        self._main.outputs = [*ends.values()]
        for signature in self._model.signatureDefs or ():
            for end in signature.outputs:
                end.tensorIndex = ends[end.tensorIndex]
        del self._model.subgraphs[1:]
        self._drop_codes()

    def _drop_codes(self) -> None:
        """Of operators that are gone: TensorFlow's calibrator has no WHILE even to read of one."""
        used = sorted({operator.opcodeIndex for operator in self._written})
        self._model.operatorCodes = [self._model.operatorCodes[place] for place in used]
        for operator in self._written:
            operator.opcodeIndex = used.index(operator.opcodeIndex)

    def _refuse_other_calls(self) -> None:
        """Raises Unsupported for what calls subgraphs that are no loops, by their numbers."""
        graphs = (self._graph, *self._graph.subgraphs)
        if calls := sorted({o.name for g in graphs for o in g.operators} & {"CALL_ONCE", "IF"}):
            raise Unsupported(f"a loop beside {calls[0]}")

    def _subgraph(self, number: int) -> Graph:
        return self._graph if number == 0 else self._graph.subgraphs[number - 1]

    def _constants(self, number: int) -> dict[int, _Value]:
        """Those of a subgraph."""
        found: dict[int, _Value] = {}
        for index, tensor in enumerate(self._subgraph(number).tensors):
            if tensor.data is not None:
                place = number, index
                array = self._arrays.setdefault(place, tensor.data.reshape(tensor.shape))
                self._places[id(array)] = place
                found[index] = array
        return found

    def _run(self, number: int, values: dict[int, _Value], *, own: bool = False) -> None:
        """Write the operators of a subgraph; `values` of its tensors are added. `own` tensors
        are of the main graph already."""
        there = self._model.subgraphs[number]
        for operator, old in zip(self._subgraph(number).operators, there.operators, strict=True):
            given = [values[i] if i >= 0 else -1 for i in operator.inputs]
            if operator.name == "WHILE":
                results: Sequence[_Value] = self._loop(operator, given)
            elif (known := self._known(operator, given)) is not None:
                results = [known]
            else:
                results = self._copy(number, operator, old, given, own=own)
            values.update(zip(operator.outputs, results, strict=True))

    def _loop(self, loop: Operator, given: Sequence[_Value]) -> Sequence[_Value]:
        condition, body = (int(str(loop.options[f"{w}_subgraph_index"])) for w in ("cond", "body"))
        carried = list(given)
        for _ in range(self._longest + 1):
            tested = self._values(condition, carried)
            before = len(self._written)
            self._run(condition, tested)
            going_on = tested[self._subgraph(condition).outputs[0]]
            if not isinstance(going_on, np.ndarray) or len(self._written) > before:
                raise Unsupported("a loop whose steps depend on data")
            if not going_on.all():
                return carried
            inside = self._values(body, carried)
            self._run(body, inside)
            carried = [inside[index] for index in self._subgraph(body).outputs]
        raise Unsupported(f"a loop of more than {self._longest} steps")

    def _values(self, number: int, carried: Sequence[_Value]) -> dict[int, _Value]:
        inputs = self._subgraph(number).inputs
        return self._constants(number) | dict(zip(inputs, carried, strict=True))

    def _copy(
        self, number: int, operator: Operator, old: Any, given: Sequence[_Value], *, own: bool
    ) -> list[_Value]:
        """The operator on the tensors of this iteration, and its new outputs."""
        fresh = self._schema.OperatorT()
        vars(fresh).update(vars(old))
        fresh.inputs = [self._tensor(value) for value in given]
        fresh.outputs = (
            list(operator.outputs) if own else [self._like(number, i) for i in operator.outputs]
        )
        if fresh.intermediates is not None and len(fresh.intermediates) and not own:
            raise Unsupported(f"a loop with {operator.name}")
        self._written.append(fresh)
        return [*fresh.outputs]

    def _tensor(self, value: _Value | tuple[int, int]) -> int:
        """The number of a tensor that has the value; -1, an operand left out, stays."""
        if isinstance(value, tuple):
            return value[0]
        if isinstance(value, np.ndarray):
            return self._constant(value)
        if isinstance(value, int):
            return value
        return self._tensor(value.parts[0]) if len(value.parts) == 1 else self._joined(value)

    def _joined(self, rows: _Rows) -> int:
        """A CONCATENATION of the rows."""
        options = self._schema.ConcatenationOptionsT()
        options.axis = 0
        fresh = self._schema.OperatorT()
        fresh.opcodeIndex = self._code(self._schema.BuiltinOperator.CONCATENATION)
        fresh.inputs = [self._tensor(part) for part in rows.parts]
        fresh.builtinOptionsType = self._schema.BuiltinOptions.ConcatenationOptions
        fresh.builtinOptions = options
        first = self._main.tensors[fresh.inputs[0]]
        count = sum(int(self._main.tensors[i].shape[0]) for i in fresh.inputs)
        fresh.outputs = [self._added(first, [count, *first.shape[1:]], b"rows")]
        self._written.append(fresh)
        return int(fresh.outputs[0])

    def _code(self, builtin: int) -> int:
        for place, code in enumerate(self._model.operatorCodes):
            if code.builtinCode == builtin and not code.customCode:
                return place
        code = self._schema.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = builtin
        code.version = 1
        self._model.operatorCodes.append(code)
        return len(self._model.operatorCodes) - 1

    def _like(self, number: int, index: int) -> int:
        old = self._model.subgraphs[number].tensors[index]
        tensor = self._subgraph(number).tensors[index]
        return self._added(old, list(tensor.shape), old.name)

    def _added(self, like: Any, shape: Sequence[int], name: bytes | None) -> int:
        tensor = self._schema.TensorT()
        vars(tensor).update(vars(like))
        tensor.shape, tensor.shapeSignature, tensor.buffer = list(shape), None, 0
        tensor.name, tensor.isVariable = (name or b"") + b"_%d" % len(self._main.tensors), False
        self._main.tensors.append(tensor)
        return len(self._main.tensors) - 1

    def _constant(self, array: NDArray[Any]) -> int:
        """One tensor for all steps; what was computed of counters is new."""
        place = self._places.get(id(array))
        if place is None:
            return self._new_constant(array)
        number, index = place
        if number == 0:
            return index
        if place not in self._copies:
            old = self._model.subgraphs[number].tensors[index]
            self._copies[place] = self._added(old, array.shape, old.name)
            self._main.tensors[self._copies[place]].buffer = old.buffer
        return self._copies[place]

    def _new_constant(self, array: NDArray[Any]) -> int:
        buffer, tensor = self._schema.BufferT(), self._schema.TensorT()
        buffer.data = np.frombuffer(np.ascontiguousarray(array).tobytes(), np.uint8)
        self._model.buffers.append(buffer)
        tensor.shape, tensor.type = list(array.shape), self._type(array.dtype)
        tensor.buffer, tensor.hasRank = len(self._model.buffers) - 1, True
        tensor.name = b"known_%d" % len(self._main.tensors)
        self._main.tensors.append(tensor)
        return len(self._main.tensors) - 1

    def _type(self, dtype: np.dtype[Any]) -> int:
        return int(getattr(self._schema.TensorType, dtype.name.upper()))

    def _known(self, operator: Operator, given: Sequence[_Value]) -> _Value | None:
        """The result that depends on no tensor, or is rows; None for any other operator."""
        if operator.name == "SLICE":
            return _sliced(*given)
        if operator.name == "CONCATENATION" and any(isinstance(v, _Rows) for v in given):
            return self._concatenated(operator, given)
        arrays = [v for v in given if isinstance(v, np.ndarray) and v.dtype.kind in _INTEGERS]
        if len(arrays) < len(given):
            return None
        if operator.name == "CONCATENATION":
            return np.concatenate(arrays, int(str(operator.options.get("axis", 0))))
        fold = _FOLDS.get(operator.name)
        return None if fold is None else np.asarray(fold(*arrays))

    def _concatenated(self, operator: Operator, given: Sequence[_Value]) -> _Rows | None:
        """Rows behind each other."""
        if int(str(operator.options.get("axis", 0))) != 0:
            return None
        parts: list[_Part] = []
        for value in given:
            if isinstance(value, _Rows):
                parts += value.parts
            elif isinstance(value, np.ndarray):
                parts.append(value)
            else:
                parts.append((value, int(self._main.tensors[value].shape[0])))
        return _Rows(tuple(parts))


_FOLDS: Mapping[str, Callable[..., Any]] = {
    "ADD": np.add,
    "SUB": np.subtract,
    "MUL": np.multiply,
    "LESS": np.less,
    "LOGICAL_AND": np.logical_and,
    "MINIMUM": np.minimum,
    "MAXIMUM": np.maximum,
    "RESHAPE": lambda value, shape: value.reshape(tuple(shape)),
    "EXPAND_DIMS": lambda value, axis: np.expand_dims(value, int(axis.reshape(-1)[0])),
}
"""What loops do with their counters."""


def _sliced(value: _Value, begin: _Value, size: _Value) -> _Rows | None:
    """Whole rows of a constant or of rows; None for any other slice."""
    if isinstance(value, int) or not isinstance(begin, np.ndarray):
        return None
    if not isinstance(size, np.ndarray) or begin[1:].any() or (size[1:] != -1).any():
        return None
    parts = (value,) if isinstance(value, np.ndarray) else value.parts
    start = int(begin[0])
    end = start + int(size[0]) if size[0] >= 0 else sum(map(_length, parts))
    found: list[_Part] = []
    for part in parts:
        length = _length(part)
        first, last = max(start, 0), min(end, length)
        start, end = start - length, end - length
        if first >= last:
            continue
        if isinstance(part, tuple):
            if (first, last) != (0, length):
                return None
            found.append(part)
        else:
            found.append(part[first:last])
    return _Rows(tuple(found))


def _length(part: _Part) -> int:
    return part[1] if isinstance(part, tuple) else len(part)
