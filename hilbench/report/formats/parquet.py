"""Parquet: all columns of docs/results.md in their types; what was not measured is null."""

from __future__ import annotations

import io

from hilbench.core import extras
from hilbench.report.format import Export, Format
from hilbench.report.frame import ROW, frame


def _write(export: Export) -> bytes:
    extras.pyarrow()
    out = io.BytesIO()
    frame(export.rows).drop(columns=ROW).to_parquet(out, engine="pyarrow", index=False)
    return out.getvalue()


FORMAT = Format("parquet", "parquet", "pandas, DuckDB, Spark: a typed table", _write, text=False)
