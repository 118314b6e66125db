"""docs/operators.md says what compiler and TensorFlow Lite Micro do."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from hilbench.engines.aot.lower import lowerings

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tools"))

import operator_table  # noqa: E402 - found by the line above

REMEDY = "python tools/operator_table.py writes docs/operators.md again"
_ROW = re.compile(r"^\| (\w+) \| (\w+) \| (.*?) \| (yes|no) \|", re.MULTILINE)


def test_the_page_is_true_and_has_every_operator() -> None:
    """TFLM is asked about one in thirty of the networks, of which none may run that should not."""
    page = operator_table.PAGE.read_text(encoding="utf-8")
    said = {(name, kind): (kernels, runs) for name, kind, kernels, runs in _ROW.findall(page)}
    found = operator_table.rows(one_in=30)
    assert said.keys() == found.keys(), REMEDY
    for key, row in found.items():
        kernels, runs = said[key]
        assert set(re.findall(r"`(\w+)`", kernels)) == row.kernels, f"{key}: {REMEDY}"
        assert runs == "yes" or not row.runs_in_tflm, f"{key}: {REMEDY}"
    assert {name for name, _ in said} >= lowerings().keys() - {"COPY", "LOOP", "LSTM_STEP"}
