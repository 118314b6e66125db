"""The child that runs TensorFlow Lite: python -m hilbench.oracle.lite_worker FOLDER/request.json"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hilbench.core import confinement, extras, workers
from hilbench.core.errors import TargetError
from hilbench.oracle import arrays
from hilbench.oracle.arrays import INPUTS, OUTPUTS, Array
from hilbench.oracle.tflm import Request
from hilbench.tflite import reader
from hilbench.tflite.graph import Graph


def work(request: Request, folder: Path) -> workers.Done:
    """Run every sample of `folder`."""
    confinement.change_nothing_but(folder)
    content = request.tflite.read_bytes()
    samples = arrays.read(folder / INPUTS)
    arrays.write(folder, OUTPUTS, outputs(content, samples, request.steps))
    return workers.Done()


def outputs(content: bytes, inputs: Sequence[Array], steps: int = 1) -> list[Array]:
    """(s, *shape) of each output, every `steps`-th sample from the state after start-up.

    Raises TargetError for a file that TensorFlow Lite does not run either, FormatError.
    """
    results: list[list[Array]] = []
    kind = _kernels(reader.parse(content))
    interpreter: Any = None
    for place, sample in enumerate(zip(*inputs, strict=True)):
        try:
            if place % steps == 0:  # resources that a file initialises have no other reset
                interpreter = _interpreter(content, kind)
            for detail, values in zip(interpreter.get_input_details(), sample, strict=True):
                interpreter.set_tensor(detail["index"], values)
            interpreter.invoke()
        except (ValueError, RuntimeError) as error:
            raise TargetError(_first_line(error)) from error
        ends = interpreter.get_output_details()
        results.append([interpreter.get_tensor(detail["index"]) for detail in ends])
    return [np.stack(each) for each in zip(*results, strict=True)]


def _kernels(graph: Graph) -> Any:
    """The reference kernels, but where those are wrong: the SUM of int16 is."""
    kinds = extras.tensorflow().lite.experimental.OpResolverType
    wrong = _has_int16_sum(graph)
    return kinds.BUILTIN_WITHOUT_DEFAULT_DELEGATES if wrong else kinds.BUILTIN_REF


def _interpreter(content: bytes, kind: Any) -> Any:
    lite = extras.tensorflow().lite
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
