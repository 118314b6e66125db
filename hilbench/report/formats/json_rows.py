"""JSON: {schema, experiment, title, rows: [{column: value}]}, the columns of docs/results.md."""

from __future__ import annotations

import json

from hilbench.record.metrics import SCHEMA
from hilbench.report.format import Export, Format


def _write(export: Export) -> bytes:
    """What was not measured is not there."""
    found = {
        "schema": SCHEMA, "experiment": export.name, "title": export.title,
        "rows": [dict(row) for row in export.rows],
    }  # fmt: skip
    return (json.dumps(found, indent=2) + "\n").encode()


FORMAT = Format("json", "json", "scripts; the columns of the results file", _write)
