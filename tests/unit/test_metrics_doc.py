"""docs/results.md says what METRICS says."""

from __future__ import annotations

from pathlib import Path

from hilbench.record.metrics import METRICS
from hilbench.report.tables import columns_markdown

PAGE = Path(__file__).parents[2] / "docs" / "results.md"


def test_the_committed_page_is_the_generated_one() -> None:
    assert PAGE.read_text(encoding="utf-8") == columns_markdown(), (
        "docs/results.md is out of date: docs/adding-a-metric.md says how to write it again"
    )


def test_every_column_is_explained_once() -> None:
    page = columns_markdown()
    for metric in METRICS:
        assert page.count(f"| `{metric.name}` |") == 1
