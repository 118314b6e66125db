"""Markdown: the summary of a CI's job, a comment, a wiki."""

from __future__ import annotations

from html import escape

from hilbench.report.format import Export, Format
from hilbench.report.tables import results_markdown
from hilbench.report.text import cell_of, markdown
from hilbench.report.verdict import SAME, Change, counted

_FIGURE = "exe"


def _write(export: Export) -> bytes:
    parts = [f"## {cell_of(export.title)}\n", f"{export.ended}.\n"]
    if export.baseline:
        parts.append(f"Since {cell_of(export.baseline)}: {counted(export.changes) or 'nothing'}.\n")
        different = [change for change in export.changes if change.verdict != SAME]
        if different:
            parts.append(_differences(different))
    if export.figures:
        parts.append(_picture(export.figures))
    parts.append(results_markdown(export.rows))
    return "\n".join(parts).encode()


def _differences(changes: list[Change]) -> str:
    lines = [[change.job, change.said] for change in changes]
    return markdown(["job", "what changed"], lines, names=2)


def _picture(folder: str) -> str:
    """The one that suits the reader's theme."""
    base = escape(folder.rstrip("/"), quote=True)
    return (
        "<picture>\n"
        f'  <source media="(prefers-color-scheme: dark)" srcset="{base}/dark/{_FIGURE}.png">\n'
        f'  <img alt="Cost of an inference against MACs" src="{base}/{_FIGURE}.png" width="700">\n'
        "</picture>\n"
    )


FORMAT = Format("markdown", "md", "the summary of a CI's job, a comment", _write)
