"""github-action-benchmark, its tool `customSmallerIsBetter`: [{name, unit, value, extra}]."""

from __future__ import annotations

import json

from hilbench.record.metrics import BY_NAME
from hilbench.report.format import Export, Format, judged


def _write(export: Export) -> bytes:
    """Numbers of which less is better: the tool takes one direction a file."""
    found = [
        {
            "name": f"{row.job} {name}",
            "unit": BY_NAME[name].unit or "1",
            "value": value,
            "extra": f"{BY_NAME[name].label}; {row.get('exe_kind', '')}".removesuffix("; "),
        }
        for row in export.rows
        for name, value in judged(row).items()
        if BY_NAME[name].better == "less"
    ]
    return (json.dumps(found, indent=2) + "\n").encode()


FORMAT = Format("github-action-benchmark", "json", "its tool customSmallerIsBetter", _write)
