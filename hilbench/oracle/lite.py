"""TensorFlow Lite's reference kernels on the host: what a file computes that TFLM cannot run.

float16 and int4 weights, dynamic range, and operators that TFLM lacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hilbench.core import extras, workers
from hilbench.core.artifacts import OracleResult
from hilbench.core.deadline import Deadline
from hilbench.core.errors import TargetError
from hilbench.oracle import arrays, tflm
from hilbench.oracle.arrays import INPUTS, OUTPUTS, Array
from hilbench.oracle.tflm import Request

WORKER = workers.Worker(
    module="hilbench.oracle.lite_worker",
    what="TensorFlow Lite on the host",
    error=TargetError,
    request=Request,
    result=workers.Done,
    env=extras.TENSORFLOW_VARIABLES,
)


def run(
    tflite: Path, inputs: Sequence[Array], out_dir: Path, deadline: Deadline, *, steps: int = 1
) -> OracleResult:
    """As tflm.run, without an arena. Raises TargetError, DeadlineExceeded."""
    out_dir.mkdir(parents=True, exist_ok=True)
    arrays.write(out_dir, INPUTS, inputs)
    WORKER.call(Request(tflite.resolve(), steps), out_dir, deadline)
    return OracleResult(out_dir / OUTPUTS, None, _runtime())


def fingerprint(tflite_sha256: str, inputs: Sequence[Array], steps: int) -> dict[str, object]:
    """JSON values that decide the result of `run`."""
    return tflm.fingerprint(tflite_sha256, inputs, steps, WORKER.module, _runtime())


def _runtime() -> str:
    return f"TensorFlow Lite {extras.version('tensorflow')}"
