"""The standing trials, a little of each: in full they take minutes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / "tools"

pytestmark = [pytest.mark.emulator, pytest.mark.keras, pytest.mark.timeout(900)]


def ran(tool: str, *options: str) -> str:
    done = subprocess.run(
        [sys.executable, str(TOOLS / tool), *options],
        env={**os.environ, "PYTHONPATH": str(TOOLS.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_flipped_bits_of_a_warm_cache_are_noticed() -> None:
    said = ran("trial_cache.py", "--flips", "20", "--batch", "20")
    assert "20 bits flipped, 20 of them named in the log; 0 with a finding" in said


def test_signals_at_random_moments_leave_nothing_behind() -> None:
    """Boards of both emulators and a compiler; rows after --resume are those of a whole run."""
    kinds = [f"--kind={kind}" for kind in ("bench", "renode", "build")]
    said = ran("trial_signals.py", "--trials", "3", "--seed", "8", *kinds)
    assert "3 signals, " in said
    assert "; 0 with a finding" in said
