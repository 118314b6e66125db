"""Rows as a pandas table, for what joins and compares them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hilbench.core import extras
from hilbench.record.metrics import METRICS
from hilbench.record.row import Row

ROW = "row"
"""The column that says which of the rows a line is."""

_DTYPES = {str: "string", int: "Int64", float: "Float64"}


def frame(rows: Sequence[Row], columns: Sequence[str] = ()) -> Any:
    """A DataFrame of `rows` in their order: nullable types, what was not measured is missing.

    `columns` are those of METRICS that are wanted, all by default; the last one is ROW.
    """
    pandas = extras.pandas()
    wanted = [metric for metric in METRICS if not columns or metric.name in columns]
    series = {
        metric.name: pandas.array([row.get(metric.name) for row in rows], _DTYPES[metric.type])
        for metric in wanted
    }
    return pandas.DataFrame({**series, ROW: range(len(rows))})
