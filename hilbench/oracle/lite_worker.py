"""The child that runs TensorFlow Lite: python -m hilbench.oracle.lite_worker FOLDER/request.json"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hilbench.core import confinement, extras, workers
from hilbench.core.errors import TargetError
from hilbench.oracle.tflm import INPUTS, OUTPUTS, Array, Request
from hilbench.tflite import reader
from hilbench.tflite.graph import Graph


def work(request: Request, folder: Path) -> workers.Done:
    """Run every sample of `folder`."""
    confinement.change_nothing_but(folder)
    content = request.tflite.read_bytes()
    with np.load(folder / INPUTS) as arrays:
        samples = [arrays[name] for name in sorted(arrays)]
    found = outputs(content, samples, request.steps)
    named = {f"output_{number:02d}": values for number, values in enumerate(found)}
    np.savez(folder / OUTPUTS, **named)  # type: ignore[arg-type]
    return workers.Done()


def outputs(content: bytes, inputs: Sequence[Array], steps: int = 1) -> list[Array]:
    """(s, *shape) of each output, every `steps`-th sample from the state after start-up.

    Raises TargetError for a file that TensorFlow Lite does not run either, FormatError.
    """
    results: list[list[Array]] = []
    interpreter: Any = None
    for place, sample in enumerate(zip(*inputs, strict=True)):
        try:
            if place % steps == 0:  # resources that a file initialises have no other reset
                interpreter = _interpreter(content)
            for detail, values in zip(interpreter.get_input_details(), sample, strict=True):
                interpreter.set_tensor(detail["index"], values)
            interpreter.invoke()
        except (ValueError, RuntimeError) as error:
            raise TargetError(_first_line(error)) from error
        ends = interpreter.get_output_details()
        results.append([interpreter.get_tensor(detail["index"]) for detail in ends])
    return [np.stack(each) for each in zip(*results, strict=True)]


def _interpreter(content: bytes) -> Any:
    """Of the reference kernels, but where those are wrong: the SUM of int16 is."""
    lite = extras.tensorflow().lite
    kinds = lite.experimental.OpResolverType
    sums = _has_int16_sum(reader.parse(content))
    kind = kinds.BUILTIN_WITHOUT_DEFAULT_DELEGATES if sums else kinds.BUILTIN_REF
    interpreter = lite.Interpreter(model_content=content, experimental_op_resolver_type=kind)
    interpreter.allocate_tensors()
    return interpreter


def _has_int16_sum(graph: Graph) -> bool:
    return any(
        operator.name == "SUM" and part.tensors[operator.inputs[0]].dtype == "int16"
        for part in (graph, *graph.subgraphs)
        for operator in part.operators
    )


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


if __name__ == "__main__":
    workers.serve(Request, workers.Done, work)
