"""The examples in the documentation do what it says."""

from __future__ import annotations

import importlib.util
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


def test_the_gallery_has_every_figure_and_its_picture() -> None:
    """As `python tools/gallery.py` writes it."""
    spec = importlib.util.spec_from_file_location("gallery", DOCS.parent / "tools" / "gallery.py")
    assert spec is not None and spec.loader is not None
    gallery = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(gallery)
    page = (DOCS / "gallery.md").read_text(encoding="utf-8")
    assert page == gallery.page()
    pictures = re.findall(r'(?:src|srcset)="(.*?)"', page)
    assert len(pictures) == 2 * (len(kinds()) + 1)
    assert [name for name in pictures if not (DOCS / name).is_file()] == []


def test_every_figure_is_explained() -> None:
    page = (DOCS / "figures.md").read_text(encoding="utf-8")
    assert all(f"| `{kind.name}` |" in page for kind in kinds())
