"""One quantity after the other, the values of one name side by side: cores, engines, variants.

Pure functions of rows; nothing here needs matplotlib.
"""

from __future__ import annotations

from collections.abc import Sequence

from hilbench.record.row import IDENTITY, INVOKE, Row, differing
from hilbench.report import tables
from hilbench.report.text import NONE, cell_of, markdown, spaced


def across_markdown(rows: Sequence[Row], name: str) -> str:
    """A Markdown table per quantity, the values of `name` as its columns.

    Kinds of numbers (instructions, modelled and measured milliseconds) have a table each. A job
    that is not ok says its status in every table, and its reason at the end; "-" is a job that
    the campaign lacks, or a number that it has not. `name` is one of IDENTITY.
    """
    said = [
        _table(rows, name, column)
        for column in tables.ACROSS
        if any(column.cell(row) != NONE for row in rows if row.ok)
    ]
    return "\n".join([*said, *filter(None, [tables.not_ok(rows)])])


def _table(rows: Sequence[Row], name: str, column: tables.Column) -> str:
    columns = list(dict.fromkeys(row.named(name) for row in rows))
    labels = _labels(rows, name)
    cells: dict[tuple[str, ...], dict[str, str]] = {}
    for row in rows:
        line = cells.setdefault(_line(row, labels), {})
        line[row.named(name)] = column.cell(row) if row.ok else spaced(str(row["status"]))
    lines = [[*key, *(line.get(c, NONE) for c in columns)] for key, line in cells.items()]
    heads = [cell_of(text) for text in [*labels, *columns]]
    return f"{column.heading}:\n\n{markdown(heads, lines, len(labels))}"


def _labels(rows: Sequence[Row], name: str) -> list[str]:
    """What a line is named by: all but `name`, without what is the same everywhere."""
    others = [other for other in IDENTITY if other != name]
    windows = {row.window for row in rows if row.ok}
    return (differing(rows, others) or others[:1]) + (["window"] if windows - {INVOKE} else [])


def _line(row: Row, labels: Sequence[str]) -> tuple[str, ...]:
    return tuple(row.window if label == "window" else row.named(label) for label in labels)
