"""The standing trials, a little of each: in full they take minutes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / "tools"

pytestmark = [pytest.mark.emulator, pytest.mark.keras, pytest.mark.timeout(900)]


ENVIRONMENT = {**os.environ, "PYTHONPATH": str(TOOLS.parent)}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache after a campaign: each trial begins with a copy."""
    cache = tmp_path_factory.mktemp("filled")
    subprocess.run(
        [sys.executable, "-m", "hilbench", "run", "smoke", "--no-plot"],
        env={**ENVIRONMENT, "HILBENCH_CACHE": str(cache)},
        cwd=tmp_path_factory.mktemp("campaign"),
        check=True,
        capture_output=True,
    )
    return cache


def ran(tool: str, filled: Path, *options: str) -> str:
    done = subprocess.run(
        [sys.executable, str(TOOLS / tool), "--cache", str(filled), *options],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_flipped_bits_are_noticed_and_signals_leave_nothing(filled: Path) -> None:
    """Signals meet boards of both emulators and a compiler; rows after --resume are those of a
    whole run. One test: both trials begin with the same cache.
    """
    said = ran("trial_cache.py", filled, "--flips", "10")
    assert "10 bits flipped, 10 of them named in the log; 0 with a finding" in said
    kinds = [f"--kind={kind}" for kind in ("bench", "renode", "build")]
    said = ran("trial_signals.py", filled, "--trials", "3", "--seed", "8", *kinds)
    assert "3 signals, " in said
    assert "; 0 with a finding" in said
