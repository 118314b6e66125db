"""The engine tflm on an emulated Cortex-M4, with a library of the user's.

hilbench has no TensorFlow Lite Micro, so these tests are skipped where none is
configured (docs/tflm.md). What needs no library is in tests/unit/test_tflm_*.py.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import numpy as np
import operators_s8
import pytest
import small_graphs
from tflite_builder import Spec, single_operator

from hilbench.config.board import load_board
from hilbench.core import extras
from hilbench.core.artifacts import EngineSources
from hilbench.core.deadline import Deadline
from hilbench.core.errors import EngineError
from hilbench.core.settings import Settings
from hilbench.engines.base import Engine, load_engine
from hilbench.engines.tflm import arena
from hilbench.image import image
from hilbench.link.session import Schedule, benchmark
from hilbench.pipeline import plan, trial
from hilbench.targets import qemu
from hilbench.targets.base import targets

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.skipif(Settings.read().tflm is None, reason="no TFLM library, see docs/tflm.md"),
]
BOARD = load_board("mps2_an386")


def deadline() -> Deadline:
    return Deadline.after(120, "test")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return load_engine("tflm", Settings.read())


@pytest.fixture(scope="module", params=["int8", "float32"])
def tflite(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tflm") / "model.tflite"
    path.write_bytes(small_graphs.simple_rnn(request.param))
    return path


@pytest.fixture(scope="module")
def report(engine: Engine, tflite: Path) -> bytes:
    return record(engine, tflite, tflite.parent)


def record(engine: Engine, tflite: Path, folder: Path) -> bytes:
    """What the recorder says of the model."""
    at = plan.scratch_station(BOARD, targets(Settings.read()))
    assert engine.trial is not None
    return trial.run(engine.trial(tflite, at.board, folder), at, folder, deadline()).read_bytes()


Outputs = tuple[tuple[bytes, ...], ...]


def run(sources: EngineSources, samples: list[list[bytes]], out: Path) -> Outputs:
    """What the board answers to each sample, output by output."""
    firmware = image.build(sources, BOARD, out, deadline())
    assert firmware.sizes.arena_bytes == sources.arena_bytes
    with qemu.TARGET(Settings.read()).start(firmware.elf, BOARD, out, deadline()) as device:
        once = Schedule(warmups=0, repetitions=1)
        return benchmark(device.stream, samples, once, deadline()).outputs


def run_tflm(engine: Engine, tflite: Path, samples: list[list[bytes]]) -> Outputs:
    """The same, from nothing but the file."""
    folder = tflite.with_suffix(".trial")
    folder.mkdir()
    probed = record(engine, tflite, folder)
    sources = engine.compile(tflite, BOARD, tflite.parent, probed)
    return run(sources, samples, tflite.parent)


def on_host(tflite: Path, sample: np.ndarray) -> np.ndarray:
    runtime = extras.tflite_micro_runtime()
    interpreter = runtime.Interpreter.from_bytes(tflite.read_bytes(), arena_size=1 << 20)
    interpreter.set_input(sample, 0)
    interpreter.invoke()
    return np.array(interpreter.get_output(0))


def sample_for(tflite: Path) -> np.ndarray:
    runtime = extras.tflite_micro_runtime()
    interpreter = runtime.Interpreter.from_bytes(tflite.read_bytes(), arena_size=1 << 20)
    wanted = interpreter.get_input_details(0)
    values = np.random.default_rng(0).integers(-100, 100, wanted["shape"])
    return values.astype(wanted["dtype"])


def test_outputs_in_an_arena_of_the_recorded_size(
    engine: Engine, tflite: Path, report: bytes, tmp_path: Path
) -> None:
    sample = sample_for(tflite)
    expected = on_host(tflite, sample)
    sources = engine.compile(tflite, BOARD, tmp_path, report)
    assert sources.arena_bytes == arena.parse(report).bytes
    ((output,),) = run(sources, [[sample.tobytes()]], tmp_path)
    ours = np.frombuffer(output, expected.dtype).reshape(expected.shape).astype(np.float64)
    np.testing.assert_allclose(
        ours, expected, rtol=1e-5, atol=1 if expected.dtype == np.int8 else 1e-5
    )


def test_sixteen_bytes_less_are_too_few_and_tflm_says_why(
    engine: Engine, tflite: Path, report: bytes, tmp_path: Path
) -> None:
    recorded = arena.parse(report)
    needed = recorded.bytes - arena.ALIGNMENT
    fewer = struct.pack("<I", needed) + struct.pack("<2I", 0, 0) + report[12:]
    sources = engine.compile(tflite, BOARD, tmp_path, fewer)
    with pytest.raises(EngineError, match=r"Failed to|Too many buffers"):
        run(sources, [[sample_for(tflite).tobytes()]], tmp_path)


def test_an_invocation_that_fails_is_told_in_words_of_tflm(engine: Engine, tmp_path: Path) -> None:
    table = Spec((3, 4), data=np.ones((3, 4), np.float32))
    tflite = tmp_path / "lookup.tflite"
    tflite.write_bytes(
        single_operator("EMBEDDING_LOOKUP", [Spec((1,), "int32"), table], [Spec((1, 4))])
    )
    with pytest.raises(EngineError, match="EMBEDDING_LOOKUP: index out of bounds"):
        run_tflm(engine, tflite, [[np.array([3], np.int32).tobytes()]])


@pytest.mark.parametrize("seed", range(3))
def test_operators_are_within_one_step_of_ours(engine: Engine, seed: int, tmp_path: Path) -> None:
    """`pytest -rP` shows what was seen."""
    found = operators_s8.cases(seed)
    samples = operators_s8.samples(found, 20, seed)
    tflite = tmp_path / "operators.tflite"
    tflite.write_bytes(operators_s8.build(found))
    aot, folder = load_engine("aot", Settings.read()), tmp_path / "aot"
    folder.mkdir()
    ours = run(aot.compile(tflite, BOARD, folder, b""), samples, folder)
    theirs = run_tflm(engine, tflite, samples)
    for index, case in enumerate(found):
        a, b = (
            np.frombuffer(b"".join(outputs[index] for outputs in each), np.int8).astype(int)
            for each in (ours, theirs)
        )
        differ, most = np.count_nonzero(a != b), np.abs(a - b).max()
        sys.stdout.write(f"{case.name}: {differ} of {a.size} outputs differ, by {most} at most\n")
        assert most <= 1, case.name
        assert len(np.unique(a)) > 8, f"{case.name} has hardly any outputs"
