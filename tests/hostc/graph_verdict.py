"""Whether the engine aot and TensorFlow Lite Micro agree on a graph, and what least shows it."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import pickle
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import aot_host
import numpy as np
from random_graphs import RandomGraph
from tflite_builder import Op

from hilbench.core.errors import Unsupported
from hilbench.tflite.reader import parse

T = TypeVar("T")
SAMPLES = 4
# Float kernels differ in the order of their sums; a chain of operators makes more of it.
RELATIVE, ABSOLUTE = 2e-4, 2e-4
_MOST_TRIALS = 60


@dataclass(frozen=True)
class Verdict:
    """`kind` is "same", "refused" by both, or one of FAULTS; `what` says more."""

    FAULTS: ClassVar[tuple[str, ...]] = ("different", "refused by aot", "stopped")
    graph: RandomGraph
    kind: str
    what: str = ""

    @property
    def is_fault(self) -> bool:
        return self.kind in self.FAULTS


def verdict(graph: RandomGraph) -> Verdict:
    """Both run the samples: each twice after a reset, or as the steps of one stream with state."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            model = aot_host.build(graph.tflite(), Path(folder))
        except Unsupported as error:
            runs = _tflm(graph) is not None
            return Verdict(graph, "refused by aot" if runs else "refused", str(error))
        except AssertionError as error:
            return Verdict(graph, "stopped", f"the compiler: {error}"[:2000])
        samples = model.random_samples(SAMPLES)
        expected = _tflm(graph, samples)
        if expected is None:
            return Verdict(graph, "refused by TFLM")
        try:
            ours = model.run(samples, stream=graph.is_stateful)
        except AssertionError as error:
            return Verdict(graph, "stopped", str(error)[:2000])
    return _compared(graph, ours, expected)


def runs_in_tflm(model: bytes) -> bool:
    """Whether TFLM has the operators of a file in these types: it prepares and invokes it."""

    def invoked() -> bool:
        interpreter = _interpreter(model)
        for number, index in enumerate(graph.inputs):
            tensor = graph.tensors[index]
            interpreter.set_input(np.ones(tensor.shape, tensor.dtype), number)
        interpreter.invoke()
        return True

    graph = parse(model)
    return _in_child(invoked) is True


def _tflm(
    graph: RandomGraph, samples: list[list[np.ndarray]] | None = None
) -> list[list[np.ndarray]] | None:
    """The outputs of TFLM, or None where it refuses the graph or dies of it."""
    return _in_child(lambda: _invoked(graph, samples or []))


def _in_child(function: Callable[[], T]) -> T | None:
    """What the function returns in a process of its own; None where that fails."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        faulthandler.disable()  # TFLM may die of a graph, which is an answer
        with contextlib.suppress(Exception), os.fdopen(writing, "wb") as pipe:
            pickle.dump(function(), pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return pickle.loads(answer) if answer else None


def _interpreter(model: bytes) -> Any:
    runtime = aot_host.tflite_micro_runtime()
    return runtime.Interpreter.from_bytes(model, arena_size=1 << 20)


def _invoked(graph: RandomGraph, samples: list[list[np.ndarray]]) -> list[list[np.ndarray]]:
    interpreter = _interpreter(graph.tflite())
    results = []
    for sample in samples:
        for position, array in enumerate(sample):
            interpreter.set_input(array, position)
        interpreter.invoke()
        results.append([np.array(interpreter.get_output(i)) for i in range(len(graph.outputs))])
    return results


def _compared(
    graph: RandomGraph, ours: list[list[np.ndarray]], expected: list[list[np.ndarray]]
) -> Verdict:
    for step, (mine, theirs) in enumerate(zip(ours, expected, strict=True)):
        for number, (a, b) in enumerate(zip(mine, theirs, strict=True)):
            if a.dtype.kind == "f":
                same = np.allclose(a, b, RELATIVE, ABSOLUTE, equal_nan=True)
            else:
                same = np.array_equal(a, b)
            if not same:
                apart = np.abs(a.astype(np.float64) - b).max()
                what = f"output {number} of invocation {step} differs by up to {apart:g}"
                return Verdict(graph, "different", what)
    return Verdict(graph, "same")


def smallest(found: Verdict) -> Verdict:
    """The least graph found that fails in the same way, by dropping what is in front or behind."""
    trials = _MOST_TRIALS
    is_smaller = True
    while is_smaller and trials > 0:
        is_smaller = False
        for smaller in _smaller(found.graph):
            trials -= 1
            tried = verdict(smaller)
            if tried.kind == found.kind:
                found, is_smaller = tried, True
                break
            if trials <= 0:
                break
    return found


def _smaller(graph: RandomGraph) -> Iterator[RandomGraph]:
    """Graphs with fewer outputs, then those that get from outside what operators made."""
    for output in graph.outputs:
        if len(graph.outputs) > 1:
            yield _live(replace(graph, outputs=(output,)))
    for operator in reversed(graph.operators):
        if "resource" in {graph.specs[i].dtype for i in operator.outputs if i >= 0}:
            continue
        made = [i for i in operator.outputs if i not in graph.outputs]
        if made and len(made) == len(operator.outputs):
            rest = tuple(op for op in graph.operators if op is not operator)
            yield _live(replace(graph, operators=rest, inputs=(*graph.inputs, *made)))
    for operator in graph.operators:  # end earlier
        if operator.outputs and tuple(operator.outputs) != graph.outputs:
            ends = tuple(i for i in operator.outputs if graph.specs[i].dtype != "resource")
            if ends and len(graph.operators) > 1:
                shorter = _live(replace(graph, outputs=ends))
                if len(shorter.operators) < len(graph.operators):
                    yield shorter


def _live(graph: RandomGraph) -> RandomGraph:
    """Without operators and inputs that no output depends on; assignments stay with a reading."""
    needed, kept = set(graph.outputs), list[Op]()
    handles = {i for op in graph.operators if op.name == "READ_VARIABLE" for i in op.inputs}
    for operator in reversed(graph.operators):
        assigns = operator.name == "ASSIGN_VARIABLE" and operator.inputs[0] in handles
        if assigns or needed.intersection(operator.outputs):
            needed.update(operator.inputs)
            kept.append(operator)
    inputs = tuple(i for i in graph.inputs if i in needed) or graph.inputs[:1]
    return replace(graph, operators=tuple(reversed(kept)), inputs=inputs)
