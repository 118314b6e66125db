"""The examples in the documentation do what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import report_rows as made

from hilbench.core import extras
from hilbench.record.metrics import Metric
from hilbench.report.campaign import campaign
from hilbench.report.drawing import kinds
from hilbench.report.page import compose
from hilbench.report.style import LIGHT, settings

DOCS = Path(__file__).parents[2] / "docs"


def example(page: str) -> str:
    """The first Python block of a page, without its indentation."""
    text = (DOCS / page).read_text(encoding="utf-8")
    block = re.search(r"^( *)```python\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    assert block is not None
    return "\n".join(line.removeprefix(block[1]) for line in block[2].splitlines())


def test_the_example_of_a_figure_draws() -> None:
    names: dict[str, Any] = {}
    exec(compile(example("figures.md"), "figures.md", "exec"), names)
    plt = extras.pyplot()
    with plt.style.context(["default", settings(LIGHT)], after_reset=True):
        figure = compose(names["FIGURE"], campaign("t", made.troubled_rows()), LIGHT).figure
        try:
            assert figure.axes[0].get_xlabel() == "Stack used (B)"
            assert "760" in [text.get_text() for text in figure.axes[0].texts]
        finally:
            plt.close(figure)


def test_the_example_of_a_metric_is_one() -> None:
    metric = eval(example("adding-a-metric.md").rstrip().rstrip(","), {"Metric": Metric})
    assert metric.check(5) == ""
    assert metric.check(-5) != ""


def test_every_figure_is_explained() -> None:
    page = (DOCS / "figures.md").read_text(encoding="utf-8")
    assert all(f"| `{kind.name}` |" in page for kind in kinds())
