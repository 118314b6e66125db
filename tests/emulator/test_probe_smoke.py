"""`hilbench run smoke` on the plain emulator and through pyOCD gives the same rows."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.emulator, pytest.mark.keras]

# What the bench adds to a row, and when it was made.
OF_THE_BENCH = {"target", "probe", "failed_attempts", "timestamp"}


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of a run, each without its empty columns."""
    command = [str(Path(sys.executable).with_name("hilbench")), "run", "smoke", "--no-plot"]
    done = subprocess.run(
        [*command, "--results", str(folder / name), "--workers", "1"],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with (folder / name / "smoke.csv").open(newline="") as file:
        return [{k: v for k, v in row.items() if v} for row in csv.DictReader(file)]


def test_rows_are_identical_but_for_the_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = tmp_path / "bench.yaml"
    monkeypatch.setenv("HILBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HILBENCH_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("HILBENCH_BENCH", str(bench))
    plain = rows(tmp_path, "plain")
    bench.write_text("schema: 1\nboards: [{board: mps2_an386, probe: SIM1, emulated_by: qemu}]\n")
    probed = rows(tmp_path, "probed")
    assert [row["status"] for row in probed] == ["ok", "ok"]
    for before, after in zip(plain, probed, strict=True):
        assert after["target"].startswith("pyocd ")
        assert after["probe"] == "SIM1"
        different = {name for name, value in after.items() if before.get(name) != value}
        assert different <= OF_THE_BENCH
