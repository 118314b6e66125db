"""The engine tflm on an emulated Cortex-M4, with a library of the user's.

hilbench has no TensorFlow Lite Micro, so these tests are skipped where none is
configured (docs/tflm.md). What needs no library is in tests/unit/test_tflm_*.py.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import small_graphs

from hilbench import thirdparty
from hilbench.build import image
from hilbench.deadline import Deadline
from hilbench.engines.base import ProbedEngine, load_engine
from hilbench.engines.tflm import arena, library
from hilbench.errors import EngineError
from hilbench.link.session import MeasurePlan, benchmark
from hilbench.pipeline import probing
from hilbench.spec.board import load_board
from hilbench.targets.base import target_for

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.skipif(library.folder() is None, reason="no TFLM library, see docs/tflm.md"),
]
BOARD = load_board("mps2_an386")


def deadline() -> Deadline:
    return Deadline.after(120, "test")


@pytest.fixture(scope="module")
def engine() -> ProbedEngine:
    found = load_engine("tflm")
    assert isinstance(found, ProbedEngine)
    return found


@pytest.fixture(scope="module", params=["int8", "float32"])
def tflite(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tflm") / "model.tflite"
    path.write_bytes(small_graphs.simple_rnn(request.param))
    return path


@pytest.fixture(scope="module")
def report(engine: ProbedEngine, tflite: Path) -> bytes:
    """What the recorder says of the model."""
    laboratory = probing.laboratory(BOARD)
    probing.probe(engine, tflite, laboratory, tflite.parent, deadline())
    return probing.load(tflite.parent)


def run(engine: ProbedEngine, tflite: Path, report: bytes, sample: np.ndarray, out: Path) -> bytes:
    sources = engine.compile(tflite, BOARD, out, probed=report)
    firmware = image.build(sources, BOARD, out, deadline())
    assert firmware.sizes.arena_bytes == arena.parse(report).bytes
    with target_for(BOARD).start(firmware.elf, BOARD, out, deadline()) as device:
        plan = MeasurePlan(warmups=0, repetitions=1)
        return benchmark(device.stream, [[sample.tobytes()]], plan, deadline()).outputs[0][0]


def on_host(tflite: Path, sample: np.ndarray) -> np.ndarray:
    runtime = thirdparty.tflite_micro_runtime()
    interpreter = runtime.Interpreter.from_bytes(tflite.read_bytes(), arena_size=1 << 20)
    interpreter.set_input(sample, 0)
    interpreter.invoke()
    return np.array(interpreter.get_output(0))


def sample_for(tflite: Path) -> np.ndarray:
    runtime = thirdparty.tflite_micro_runtime()
    interpreter = runtime.Interpreter.from_bytes(tflite.read_bytes(), arena_size=1 << 20)
    wanted = interpreter.get_input_details(0)
    values = np.random.default_rng(0).integers(-100, 100, wanted["shape"])
    return values.astype(wanted["dtype"])


def test_outputs_in_an_arena_of_the_recorded_size(
    engine: ProbedEngine, tflite: Path, report: bytes, tmp_path: Path
) -> None:
    sample = sample_for(tflite)
    expected = on_host(tflite, sample)
    output = run(engine, tflite, report, sample, tmp_path)
    ours = np.frombuffer(output, expected.dtype).reshape(expected.shape).astype(np.float64)
    np.testing.assert_allclose(
        ours, expected, rtol=1e-5, atol=1 if expected.dtype == np.int8 else 1e-5
    )


def test_sixteen_bytes_less_are_too_few_and_tflm_says_why(
    engine: ProbedEngine, tflite: Path, report: bytes, tmp_path: Path
) -> None:
    recorded = arena.parse(report)
    needed = recorded.bytes - arena.ALIGNMENT
    fewer = struct.pack("<I", needed) + struct.pack("<2I", 0, 0) + report[12:]
    with pytest.raises(EngineError, match=r"Failed to|Too many buffers"):
        run(engine, tflite, fewer, sample_for(tflite), tmp_path)
