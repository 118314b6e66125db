"""Bencher Metric Format: {benchmark: {measure: {value, lower_value, upper_value}}}."""

from __future__ import annotations

import json

from hilbench.record.row import Row
from hilbench.report.format import Export, Format, judged

_BOUNDS = {
    "exe_instructions": ("exe_instructions_min", "exe_instructions_max"),
    "exe_cycles": ("exe_cycles_min", "exe_cycles_max"),
}


def _write(export: Export) -> bytes:
    """Jobs that are ok; the others have no numbers."""
    found = {row.job: _measures(row) for row in export.rows if row.ok}
    return (json.dumps(found, indent=2) + "\n").encode()


def _measures(row: Row) -> dict[str, dict[str, float]]:
    measures = {name: {"value": value} for name, value in judged(row).items()}
    for name, (low, high) in _BOUNDS.items():
        if name in measures and low in row and high in row:
            measures[name] |= {"lower_value": float(row[low]), "upper_value": float(row[high])}
    return measures


FORMAT = Format("bencher", "json", "bencher.dev", _write)
