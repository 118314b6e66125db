"""`hilbench profile` of a network that the compiler rewrites: what it prints is the engine's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from convolutions import Shape, convolution
from tflite_builder import Op, Spec, Subgraph, model

pytestmark = pytest.mark.emulator

TRIPS, WIDTH = 5, 8
EXPERIMENT = """
schema: 1
name: own
title: A loop
models: [loop.tflite]
variants: [basic]
engines: [aot]
boards: [mps2_an386]
data: {samples: 1}
measure: {warmups: 0, repetitions: 1}
"""


def loop() -> bytes:
    """One operator in the file; unrolled it is an ADD and a FULLY_CONNECTED for each trip."""
    number, state = Spec((), "int32"), Spec((1, WIDTH))
    one, limit, start = (Spec((), "int32", data=np.array(n, np.int32)) for n in (1, TRIPS, 0))
    weights = Spec((WIDTH, WIDTH), data=np.full((WIDTH, WIDTH), 0.1, np.float32))
    step = [Op("ADD", [0, 3], [4]), Op("FULLY_CONNECTED", [2, 5], [6])]
    body = Subgraph([number, number, state, one, number, weights, state], step, range(3), [4, 1, 6])
    less = [Op("LESS", [0, 1], [3])]
    condition = Subgraph([number, number, state, Spec((), "bool")], less, range(3), [3])
    options = {"cond_subgraph_index": 1, "body_subgraph_index": 2}
    whole = [Op("WHILE", [2, 0, 1], [3, 4, 5], options)]
    return model([limit, state, start, number, number, state], whole, [1], [5], condition, body)


def profile(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("hilbench")), "profile", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_trips_of_an_unrolled_loop_have_their_macs(tmp_path: Path) -> None:
    """As a job of an experiment, and as a network alone."""
    (tmp_path / "loop.tflite").write_bytes(loop())
    (tmp_path / "own.yaml").write_text(EXPERIMENT)
    for what in (["loop/basic/aot/mps2_an386", "--experiment", "own.yaml"], ["loop.tflite"]):
        done = profile(tmp_path, *what)
        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        (row,) = (line.split() for line in lines if line.endswith("FULLY_CONNECTED"))
        count, _, cycles, _, macs, per_mac, _ = row
        assert (int(count), int(macs)) == (TRIPS, TRIPS * WIDTH * WIDTH)
        assert per_mac == f"{int(cycles.replace(',', '')) / int(macs):.2f}"


def test_what_a_kernel_calls_at_its_end_is_the_operators(tmp_path: Path) -> None:
    """The 1x1 CONV_2D ends by a jump to the function that does the work."""
    (tmp_path / "tail.tflite").write_bytes(convolution("CONV_2D", Shape((4, 1), 8, 8, (1, 1))))
    done = profile(tmp_path, "tail.tflite", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    (operator,) = found["operators"]
    assert operator["macs"] == 4 * 8 * 8
    assert operator["cycles"] > 0.9 * found["cycles"]


def test_several_jobs_have_no_profile(tmp_path: Path) -> None:
    (tmp_path / "loop.tflite").write_bytes(loop())
    boards = ("mps2_an386", "nucleo_l4r5zi_twin")
    done = profile(tmp_path, "loop.tflite", *(x for b in boards for x in ("--board", b)))
    assert done.returncode == 2
    ids = ", ".join(f"loop/basic/aot/{board}" for board in boards)
    wanted = f"hilbench: one job has a profile: {ids} (choose by --variant or --board)\n"
    assert done.stderr == wanted
