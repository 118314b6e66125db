"""Real TensorFlow Lite Micro on the host: the oracle of what a .tflite computes.

The interpreter of the `tflite-micro` wheel runs in a child process, since TFLM
aborts on files it cannot run.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hilbench.core import extras, hashing, workers
from hilbench.core.artifacts import OracleResult
from hilbench.core.deadline import Deadline
from hilbench.core.errors import TargetError

INPUTS, OUTPUTS = "inputs.npz", "outputs.npz"

WORKER = workers.Worker(
    module="hilbench.oracle.tflm_worker",
    what="TFLM on the host",
    error=TargetError,
    fields={"arena_bytes": int, "runtime": str},
    symptoms=("Didn't find op", "Failed to resize buffer"),
)


def run(
    tflite: Path, inputs: NDArray[np.generic], out_dir: Path, deadline: Deadline
) -> OracleResult:
    """Invoke the file's model on each sample, from a fresh state each time.

    `inputs` is (s, ...) in the dtype of the file's only input, without the
    batch; `outputs` of the result holds `output` (s, ...) of its first output.

    Raises TargetError when TFLM refuses the file or the samples, or crashes;
    DeadlineExceeded.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    np.savez(out_dir / INPUTS, input=inputs)
    WORKER.call({"tflite": str(tflite.resolve())}, out_dir, deadline)
    return load(out_dir)


def load(out_dir: Path) -> OracleResult:
    """What `run` left there. Raises TargetError."""
    result = WORKER.read(out_dir)
    fields = {name: result[name] for name in WORKER.fields}
    return OracleResult(outputs=out_dir / OUTPUTS, **fields)


def fingerprint(tflite_sha256: str, inputs: NDArray[np.generic]) -> dict[str, object]:
    """JSON values that decide the result of `run`."""
    return {
        "tflite": tflite_sha256,
        "inputs": hashing.of_values(
            dtype=str(inputs.dtype), shape=inputs.shape, values=inputs.tobytes().hex()
        ),
        "source": hashing.of_file(Path(__file__).with_name("tflm_worker.py")),
        "runtime": extras.version("tflite-micro"),
    }
