"""The child that runs TFLM: python -m hilbench.oracle.tflm_worker FOLDER/request.json"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hilbench.core import confinement, extras, workers
from hilbench.core.errors import TargetError
from hilbench.oracle import arrays
from hilbench.oracle.arrays import INPUTS, OUTPUTS, Array
from hilbench.oracle.tflm import Request, Result
from hilbench.tflite import reader

ARENA_BYTES = 256 << 20
"""More than any model for a microcontroller needs; pages that TFLM does not touch cost nothing."""

_TOTAL = re.compile(
    r"^\[RecordingMicroAllocator\] Arena allocation total (\d+) bytes\r?$", re.MULTILINE
)


def work(request: Request, folder: Path) -> Result:
    """Run every sample of `folder` and report the arena."""
    confinement.change_nothing_but(folder)
    runtime = extras.tflite_micro_runtime()
    content = request.tflite.read_bytes()
    samples = arrays.read(folder / INPUTS)
    graph = reader.parse(content)
    # TFLM runs CALL_ONCE after start-up alone: a reset leaves variables without its values.
    initialised = any(operator.name == "CALL_ONCE" for operator in graph.operators)

    def start() -> Any:
        return runtime.Interpreter.from_bytes(content, arena_size=ARENA_BYTES)

    interpreter = start()
    again = start if initialised else None
    results = outputs(interpreter, samples, len(graph.outputs), request.steps, again)
    arrays.write(folder, OUTPUTS, results)
    report = standard_error_of(interpreter.print_allocations)
    return Result(arena_bytes(report), f"tflite-micro {extras.version('tflite-micro')}")


def outputs(
    interpreter: Any,
    inputs: Sequence[Array],
    count: int,
    steps: int = 1,
    start: Callable[[], Any] | None = None,
) -> list[Array]:
    """(s, *shape) of `count` outputs, every `steps`-th sample from the state after start-up.

    That is what a reset gives, or where `start` is given what it starts.
    """
    for number, samples in enumerate(inputs):
        wanted = interpreter.get_input_details(number)
        shape, dtype = tuple(map(int, wanted["shape"])), np.dtype(wanted["dtype"])
        if (samples.shape[1:], samples.dtype) != (shape, dtype):
            given = f"samples are {samples.dtype} {samples.shape[1:]}"
            raise TargetError(f"{given}, input {number} of the model is {dtype} {shape}")
    results: list[list[Array]] = [[] for _ in range(count)]
    for place, sample in enumerate(zip(*inputs, strict=True)):
        if place % steps == 0 and start is not None:
            interpreter = start()
        elif place % steps == 0:
            interpreter.reset()
        for number, values in enumerate(sample):
            interpreter.set_input(values, number)
        interpreter.invoke()
        for number, result in enumerate(results):
            result.append(np.array(interpreter.get_output(number)))
    return [np.stack(result) for result in results]


def standard_error_of(function: Callable[[], object]) -> str:
    """What C++ code writes to file descriptor 2 while `function` runs."""
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as captured:
        os.dup2(captured.fileno(), 2)
        try:
            function()
        finally:
            os.dup2(saved, 2)
            os.close(saved)
        captured.seek(0)
        return captured.read().decode(errors="replace")


def arena_bytes(report: str) -> int:
    """The total of TFLM's allocation report. Raises TargetError without one."""
    totals = _TOTAL.findall(report)
    if len(totals) != 1:
        raise TargetError(f"TFLM's allocation report has {len(totals)} totals instead of one")
    return int(totals[0])


if __name__ == "__main__":
    workers.serve(Request, Result, work)
