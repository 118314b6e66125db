"""Compiles a .tflite with the engine aot and the host's gcc, and runs it beside real TFLM."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from kernel_library import OBJECTS

from hilbench.config.board import load_board
from hilbench.core.artifacts import EngineSources
from hilbench.core.extras import tflite_micro_runtime
from hilbench.core.paths import firmware_dir
from hilbench.core.settings import Settings
from hilbench.engines.base import load_engine
from hilbench.tflite.graph import Graph, Tensor
from hilbench.tflite.reader import parse

FLAGS = [
    *("-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-ffp-contract=off"),
    *("-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
]
ARENA_BYTES = 8 << 20
KERNELS, INCLUDES = firmware_dir() / "kernels", firmware_dir() / "include"

# Reads the inputs of one sample after the other and writes its outputs. Invokes twice,
# so that what one invocation leaves behind must not change the next. With an argument the
# samples are the steps of one sequence: one reset, one invocation each.
DRIVER = """
#include <stdio.h>
#include <string.h>
#include "engine.h"

static uint8_t sample[1 << 20];

static size_t sample_bytes(void)
{
    size_t bytes = 0;
    const struct engine_tensor *t;
    for (uint32_t i = 0; (t = engine_input(i)) != 0; i++)
        bytes += t->bytes;
    return bytes;
}

static int invoke(void)
{
    const uint8_t *from = sample;
    const struct engine_tensor *t;
    for (uint32_t i = 0; (t = engine_input(i)) != 0; from += t->bytes, i++)
        memcpy(t->data, from, t->bytes);
    return engine_invoke();
}

int main(int count, char **arguments)
{
    const int stream = count > 1;

    (void)arguments;
    if (engine_init() != 0)
        return 1;
    const size_t bytes = sample_bytes();
    if (bytes > sizeof sample)
        return 2;
    while (fread(sample, 1, bytes, stdin) == bytes) {
        const struct engine_tensor *t;
        if (!stream)
            engine_reset();
        if (invoke() != 0 || (!stream && invoke() != 0))
            return 1;
        for (uint32_t i = 0; (t = engine_output(i)) != 0; i++)
            fwrite(t->data, 1, t->bytes, stdout);
    }
    return 0;
}
"""


@dataclass(frozen=True)
class HostModel:
    """A model as an executable of the host, and the graph it came from."""

    model: bytes
    graph: Graph
    sources: EngineSources
    executable: Path

    def run(
        self, samples: list[list[np.ndarray]], *, stream: bool = False
    ) -> list[list[np.ndarray]]:
        """Outputs of each sample; a sample is one array per graph input.

        Of a `stream` the samples are the steps, one invocation each.
        """
        stdin = b"".join(array.tobytes() for sample in samples for array in sample)
        done = subprocess.run(
            [self.executable, *(["stream"] * stream)],
            input=stdin,
            capture_output=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr.decode()
        outputs = [self.graph.tensors[index] for index in self.graph.outputs]
        return _split(done.stdout, outputs, len(samples))

    def run_tflm(self, samples: list[list[np.ndarray]]) -> list[list[np.ndarray]]:
        """The same through TensorFlow Lite Micro."""
        runtime = tflite_micro_runtime()
        interpreter = runtime.Interpreter.from_bytes(self.model, arena_size=ARENA_BYTES)
        results = []
        for sample in samples:
            for position, array in enumerate(sample):
                interpreter.set_input(array, position)
            interpreter.invoke()
            count = len(self.graph.outputs)
            results.append([np.array(interpreter.get_output(i)) for i in range(count)])
        return results

    def random_samples(self, count: int, seed: int = 0) -> list[list[np.ndarray]]:
        rng = np.random.default_rng(seed)
        tensors = [self.graph.tensors[index] for index in self.graph.inputs]
        return [[_random(tensor, rng) for tensor in tensors] for _ in range(count)]


def build(model: bytes, folder: Path, *more_kernels: Path, engine: str = "aot") -> HostModel:
    """Compile `model` in `folder` with warnings as errors and sanitizers.

    Kernels come from the firmware's folder, and from `more_kernels`.
    """
    tflite = folder / "model.tflite"
    tflite.write_bytes(model)
    sources = load_engine(engine, Settings.read()).compile(
        tflite, load_board("mps2_an386"), folder, b""
    )
    driver = folder / "driver.c"
    driver.write_text(DRIVER)
    folders = [KERNELS, *more_kernels]
    kernels = [path for f in folders for k in sources.kernels for path in f.glob(f"{k}__ref.c")]
    objects = [_object(path, folders) for path in (driver, *kernels)]
    executable = folder / "model"
    _gcc(*_includes(folders), *sources.sources, *objects, "-lm", "-o", executable)
    return HostModel(model, parse(model), sources, executable)


def _object(source: Path, folders: Sequence[Path]) -> Path:
    """A kernel or the driver, compiled once for all tests and runs that have the same files."""
    decides = [_headers(folder) for folder in folders] + [str(FLAGS), source.read_text()]
    key = hashlib.sha256("\0".join(decides).encode()).hexdigest()
    path = OBJECTS / f"{source.stem}.{key[:24]}.o"
    if not path.exists():
        OBJECTS.mkdir(parents=True, exist_ok=True)
        unfinished = OBJECTS / f".{path.name}.{os.getpid()}"
        _gcc(*_includes(folders), "-c", source, "-o", unfinished)
        unfinished.replace(path)
    return path


@cache
def _headers(folder: Path) -> str:
    files = (*folder.glob("*.h"), *folder.glob("*.inc"), *INCLUDES.glob("*.h"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(files))).hexdigest()


def _includes(folders: Sequence[Path]) -> list[str]:
    return [f"-I{path}" for path in (INCLUDES, *folders)]


def _gcc(*arguments: str | Path) -> None:
    command = ["gcc", *FLAGS, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def assert_matches(
    model: HostModel, samples: list[list[np.ndarray]], relative: float = 1e-5
) -> None:
    """int8 outputs are TFLM's bit by bit, float ones within `relative`; where they cancel, within
    a tenth of that of the largest."""
    for ours, tflm in zip(model.run(samples), model.run_tflm(samples), strict=True):
        for ours_array, tflm_array in zip(ours, tflm, strict=True):
            if ours_array.dtype.kind == "f":
                largest = np.abs(tflm_array).max(initial=1.0)
                at_least = relative / 10 * largest
                np.testing.assert_allclose(ours_array, tflm_array, rtol=relative, atol=at_least)
            else:
                np.testing.assert_array_equal(ours_array, tflm_array)


def _split(data: bytes, tensors: list[Tensor], samples: int) -> list[list[np.ndarray]]:
    results = []
    position = 0
    for _ in range(samples):
        arrays = []
        for tensor in tensors:
            piece = data[position : position + tensor.bytes]
            arrays.append(np.frombuffer(piece, tensor.dtype).reshape(tensor.shape))
            position += tensor.bytes
        results.append(arrays)
    assert position == len(data)
    return results


def _random(tensor: Tensor, rng: np.random.Generator) -> np.ndarray:
    if tensor.dtype == "float32":
        return rng.uniform(-1, 1, tensor.shape).astype(np.float32)
    if tensor.dtype == "bool":
        return rng.random(tensor.shape) < 0.5
    limits = np.iinfo(tensor.dtype)
    return rng.integers(limits.min, limits.max + 1, tensor.shape).astype(tensor.dtype)
