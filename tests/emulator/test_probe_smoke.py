"""`hilbench run` on the plain emulator and through pyOCD gives the same rows."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_graphs import simple_rnn

pytestmark = pytest.mark.emulator

EXPERIMENT = """
schema: 1
name: smoke
title: Two small jobs
models: [int8.tflite, float32.tflite]
variants: [basic]
engines: [aot]
boards: [mps2_an386]
data: {samples: 3}
measure: {warmups: 1, repetitions: 3}
"""

# What the bench adds to a row, and when it was made.
OF_THE_BENCH = {"target", "probe", "failed_attempts", "timestamp", "decided_by"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where both tests share what was compiled."""
    made = tmp_path_factory.mktemp("smoke")
    (made / "smoke.yaml").write_text(EXPERIMENT)
    for dtype in ("int8", "float32"):
        (made / f"{dtype}.tflite").write_bytes(simple_rnn(dtype))
    with pytest.MonkeyPatch.context() as patch:
        for name in ("cache", "state"):
            patch.setenv(f"HILBENCH_{name.upper()}", str(made / name))
        patch.setenv("HILBENCH_BENCH", str(made / "bench.yaml"))
        (made / "bench.yaml").write_text("schema: 1\n")
        yield made


def rows(folder: Path, name: str, *options: str) -> list[dict[str, str]]:
    """The rows of a run, each without its empty columns."""
    command = [str(Path(sys.executable).with_name("hilbench")), "run", str(folder / "smoke.yaml")]
    done = subprocess.run(
        [*command, "--no-plot", "--results", str(folder / name), "--workers", "1", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    with (folder / name / "smoke.csv").open(newline="") as file:
        return [{k: v for k, v in row.items() if v} for row in csv.DictReader(file)]


def test_rows_are_identical_but_for_the_target(folder: Path) -> None:
    plain = rows(folder, "plain")
    (folder / "bench.yaml").write_text(
        "schema: 1\nboards: [{board: mps2_an386, probe: SIM1, emulated_by: qemu}]\n"
    )
    probed = rows(folder, "probed")
    assert [row["status"] for row in probed] == ["ok", "ok"]
    for before, after in zip(plain, probed, strict=True):
        assert after["target"].startswith("pyocd ")
        assert after["probe"] == "SIM1"
        different = {name for name, value in after.items() if before.get(name) != value}
        assert different <= OF_THE_BENCH


def test_every_job_builds_for_the_nucleo(folder: Path) -> None:
    """Without the board a job gets as far as looking for it, which it does with its image."""
    (folder / "bench.yaml").write_text("schema: 1\n")
    jobs = rows(folder, "nucleo", "--board", "nucleo_l4r5zi")
    assert len(jobs) == 2
    for row in jobs:
        assert "no board 'nucleo_l4r5zi' in the bench file" in row["reason"]
