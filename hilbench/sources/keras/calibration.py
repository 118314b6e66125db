"""Calibration of networks that keep a state: ranges as they are, sequence by sequence.

TensorFlow's calibrator runs all samples through one interpreter, so that the state of one sequence
goes on in the next, and ranges are those of states that never occur. And it looks at the inputs of
an operator after this has run: where an element-wise operator writes into the memory of its first
input, that input gets the range of the output as well, such as that of the state for what a step
adds to it, in steps that are many times too coarse. Used in the child alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from hilbench.core import extras

_GIVEN = {"TANH": (-1, 127 / 128), "LOGISTIC": (0, 255 / 256)}
"""Least and greatest value of int8 in scales that TFLite's specification demands: 1/128, 1/256."""


@contextmanager
def anew(every: int) -> Iterator[None]:
    """While the block lasts, the converter calibrates every so many samples by themselves.

    The ranges of a tensor are then the widest of all. Variants of 16 bits are calibrated and
    quantized in one call: theirs is of a file that has its ranges, and reads no sample again.
    """
    kind = extras.tflite_calibrator()
    plain, quantize = kind.calibrate, kind.calibrate_and_quantize

    def calibrate(self: Any, samples: Callable[[], Iterator[Any]]) -> bytes:
        rest = iter(samples())
        parts = list(iter(lambda: list(islice(rest, every)), []))
        found = bytearray(plain(self, partial(iter, parts[0])))
        for part in parts[1:]:
            widen(found, plain(kind(self._model_content), partial(iter, part)))
        narrow(found, parts)
        return bytes(found)

    def calibrate_and_quantize(self: Any, samples: Any, *arguments: Any, **named: Any) -> bytes:
        ranged = kind(calibrate(self, samples))
        ranged._feed_tensors = lambda *_: None
        return bytes(quantize(ranged, samples, *arguments, **named))

    kind.calibrate, kind.calibrate_and_quantize = calibrate, calibrate_and_quantize
    try:
        yield
    finally:
        kind.calibrate, kind.calibrate_and_quantize = plain, quantize


def widen(content: bytearray, other: bytes) -> None:
    """Give each tensor of `content` the range that holds its own and that of the same network."""
    for mine, theirs in zip(_ranges(content), _ranges(other), strict=True):
        for ends, given, wider in zip(mine, theirs, (np.minimum, np.maximum), strict=True):
            ends[:] = wider(ends, given)


def narrow(content: bytearray, parts: Sequence[Sequence[Any]]) -> None:
    """Give what an operator of the main graph has written its own range, of the samples in `parts`.

    Each part is a sequence from the state of the file on. What is read of a state and what is
    written to it have one range: with two, however close, each step would round the state once
    more. The range of TANH and LOGISTIC is not of the samples: their scale in int8 is given.
    """
    seen: dict[int, tuple[float, float]] = {}
    for part in parts:
        _watch(interpreter := _interpreter(bytes(content)), part, seen)
    for state in _states(interpreter):
        lows, highs = zip(*(seen[index] for index in state if index in seen), strict=True)
        seen |= dict.fromkeys(state, _given(interpreter, state) or (min(lows), max(highs)))
    for index, ends in _main(content):
        if index in seen:
            for end, value in zip(ends, seen[index], strict=True):
                end[:] = value


def _interpreter(content: bytes) -> Any:
    """One in which no operator writes over what another has written."""
    lite = extras.tensorflow().lite
    kind = lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = lite.Interpreter(
        model_content=content,
        experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=kind,
    )
    interpreter.allocate_tensors()
    return interpreter


def _watch(interpreter: Any, samples: Sequence[Any], seen: dict[int, tuple[float, float]]) -> None:
    """Widen `seen`, by the index of a tensor, by what these samples make of it."""
    written = {index for each in interpreter._get_ops_details() for index in each["outputs"]}
    details = {each["index"]: each for each in interpreter.get_tensor_details()}
    floats = [i for i in written if i in details and details[i]["dtype"] is np.float32]
    for sample in samples:
        _feed(interpreter, sample)
        interpreter.invoke()
        for index in floats:
            values = interpreter.get_tensor(index)
            low, high = seen.get(index, (np.inf, -np.inf))
            seen[index] = min(low, float(values.min())), max(high, float(values.max()))


def _states(interpreter: Any) -> list[set[int]]:
    """By the variable: the tensors that are read of it and written to it."""
    found: dict[int, set[int]] = {}
    for each in interpreter._get_ops_details():
        if each["op_name"] in ("READ_VARIABLE", "ASSIGN_VARIABLE"):
            variable, *written = each["inputs"]
            found.setdefault(variable, set()).update(written, each["outputs"])
    return list(found.values())


def _given(interpreter: Any, state: set[int]) -> tuple[float, float] | None:
    """The range that int8 has of what is written to this state, whatever samples make of it."""
    writers = {
        each["op_name"] for each in interpreter._get_ops_details() if state & {*each["outputs"]}
    }
    written = writers - {"READ_VARIABLE"}
    return _GIVEN.get(next(iter(written))) if len(written) == 1 else None


def _feed(interpreter: Any, sample: Any) -> None:
    """A list in the order of the inputs, or arrays by their names, as the converter takes them."""
    if isinstance(sample, dict):
        runner = interpreter.get_signature_runner()
        places = {name: each["index"] for name, each in runner.get_input_details().items()}
        given = {places[name]: values for name, values in sample.items()}
    else:
        inputs = (each["index"] for each in interpreter.get_input_details())
        given = dict(zip(inputs, sample, strict=True))
    for index, values in given.items():
        interpreter.set_tensor(index, values)


def _ranges(content: bytes | bytearray) -> Iterator[tuple[Any, Any]]:
    """Of each tensor that has them: smallest and largest, as views of the file."""
    model = extras.tflite_schema().Model.GetRootAs(content, 0)
    for graph in map(model.Subgraphs, range(model.SubgraphsLength())):
        yield from (ends for _, ends in _of_graph(graph))


def _main(content: bytearray) -> Iterator[tuple[int, tuple[Any, Any]]]:
    """Of each tensor of the main graph that has ranges: its index, and these."""
    return _of_graph(extras.tflite_schema().Model.GetRootAs(content, 0).Subgraphs(0))


def _of_graph(graph: Any) -> Iterator[tuple[int, tuple[Any, Any]]]:
    for index in range(graph.TensorsLength()):
        ranges = graph.Tensors(index).Quantization()
        if ranges is not None and ranges.MinLength():
            yield index, (ranges.MinAsNumpy(), ranges.MaxAsNumpy())
