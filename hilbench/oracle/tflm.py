"""Real TensorFlow Lite Micro on the host: the oracle of what a .tflite computes.

The interpreter of the `tflite-micro` wheel runs in a child process, since TFLM
aborts on files it cannot run.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hilbench.core import extras, hashing, modules, workers
from hilbench.core.artifacts import OracleResult
from hilbench.core.deadline import Deadline
from hilbench.core.errors import FormatError, TargetError, Unsupported
from hilbench.oracle import arrays, tflm_words
from hilbench.oracle.arrays import INPUTS, OUTPUTS, Array
from hilbench.tflite import reader
from hilbench.tflite.graph import Tensor
from hilbench.tflite.misread import misread


@dataclass(frozen=True)
class Request:
    """Invoke the model of this file on the samples in the folder.

    Its state begins anew before every `steps`-th.
    """

    tflite: Path
    steps: int = 1


@dataclass(frozen=True)
class Result:
    """TFLM's arena on the host, and who ran; the outputs lie in the folder."""

    arena_bytes: int
    runtime: str


WORKER = workers.Worker(
    module="hilbench.oracle.tflm_worker",
    what="TFLM on the host",
    error=TargetError,
    request=Request,
    result=Result,
)


def run(
    tflite: Path, inputs: Sequence[Array], out_dir: Path, deadline: Deadline, *, steps: int = 1
) -> OracleResult:
    """Invoke the file's model on each sample, from a fresh state before every `steps`-th.

    `inputs` are (s, *shape) for each input in the file's types; `outputs` of the result
    holds `output_00` (s, *shape) and so on.

    Raises TargetError when TFLM refuses the file or the samples, or crashes;
    DeadlineExceeded.
    """
    if wrong := _misread(tflite):
        raise TargetError(f"{WORKER.what} cannot run this file: {wrong}")
    out_dir.mkdir(parents=True, exist_ok=True)
    arrays.write(out_dir, INPUTS, inputs)
    try:
        WORKER.call(Request(tflite.resolve(), steps), out_dir, deadline)
    except TargetError as error:
        raise _explained(error, out_dir, tflite) from error
    return load(out_dir)


def _misread(tflite: Path) -> str:
    with suppress(FormatError, Unsupported):  # which TFLM itself answers
        return misread(reader.read(tflite))
    return ""


def _explained(error: TargetError, out_dir: Path, tflite: Path) -> TargetError:
    """With the cause that TFLM left in the log, where it left one."""
    with suppress(OSError):
        log = (out_dir / workers.LOG).read_text(encoding="utf-8", errors="replace")
        if cause := tflm_words.cause(log):
            return TargetError(f"{WORKER.what} failed: {cause}")
    return TargetError(error.message, remedy=error.remedy or _likely(error, tflite))


def _likely(error: TargetError, tflite: Path) -> str:
    """What is behind TFLM's end without a word: it aborts where a check of a scale fails."""
    if "SIGABRT" not in error.message:
        return ""
    quantized = [t for t in reader.read(tflite).tensors if t.quantization]
    if not quantized:
        return "one of TFLM's own checks failed; it does not say which"
    smallest = min(quantized, key=lambda tensor: min(_scales(tensor)))
    return (
        "one of TFLM's own checks failed, most often one of scales;"
        f" the smallest is {min(_scales(smallest)):g}, of {smallest.label}"
    )


def _scales(tensor: Tensor) -> tuple[float, ...]:
    return tensor.quantization.scales if tensor.quantization else ()


def outputs(result: OracleResult) -> tuple[Array, ...]:
    """(s, *shape) of each output."""
    return arrays.read(result.outputs)


def load(out_dir: Path) -> OracleResult:
    """What `run` left there. Raises TargetError."""
    result = WORKER.read(out_dir)
    return OracleResult(out_dir / OUTPUTS, result.arena_bytes, result.runtime)


def fingerprint(
    tflite_sha256: str,
    inputs: Sequence[Array],
    steps: int,
    module: str = WORKER.module,
    runtime: str | None = None,
) -> dict[str, object]:
    """JSON values that decide the result of `run`, by the child's `module` and who runs there."""
    return {
        "tflite": tflite_sha256,
        "steps": steps,
        "inputs": [
            hashing.of_values(dtype=str(x.dtype), shape=x.shape, values=x.tobytes().hex())
            for x in inputs
        ],
        "source": modules.hashed({module}),
        "runtime": runtime or extras.version("tflite-micro"),
    }
