"""The child that runs TFLM: python -m hilbench.oracle.tflm_worker FOLDER/request.json"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hilbench.core import extras, workers
from hilbench.core.errors import TargetError
from hilbench.oracle.tflm import INPUTS, OUTPUTS

ARENA_BYTES = 256 << 20
"""More than any model for a microcontroller needs; pages that TFLM does not touch cost nothing."""

_TOTAL = re.compile(
    r"^\[RecordingMicroAllocator\] Arena allocation total (\d+) bytes\r?$", re.MULTILINE
)


def work(request: workers.Json, folder: Path) -> workers.Json:
    """Run every sample of `folder` and report the arena."""
    runtime = extras.tflite_micro_runtime()
    content = Path(request["tflite"]).read_bytes()
    with np.load(folder / INPUTS) as arrays:
        samples = arrays["input"]
    interpreter = runtime.Interpreter.from_bytes(content, arena_size=ARENA_BYTES)
    np.savez(folder / OUTPUTS, output=outputs(interpreter, samples))
    return {
        "arena_bytes": arena_bytes(standard_error_of(interpreter.print_allocations)),
        "runtime": f"tflite-micro {extras.version('tflite-micro')}",
    }


def outputs(interpreter: Any, samples: NDArray[np.generic]) -> NDArray[np.generic]:
    """(s, ...) of the first output, each sample from the state after start-up."""
    wanted = interpreter.get_input_details(0)
    shape, dtype = tuple(map(int, wanted["shape"])), np.dtype(wanted["dtype"])
    given = (1, *samples.shape[1:])
    if (given, samples.dtype) != (shape, dtype):
        raise TargetError(f"samples are {samples.dtype} {given}, the model wants {dtype} {shape}")
    results = []
    for sample in samples:
        interpreter.reset()
        interpreter.set_input(sample[None], 0)
        interpreter.invoke()
        results.append(interpreter.get_output(0))
    return np.concatenate(results)


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
    workers.serve(work)
