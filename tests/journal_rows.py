"""A journal of made-up rows."""

from __future__ import annotations

from pathlib import Path

from hilbench.record.journal import (
    Campaign,
    Journal,
    Plan,
    Samples,
)
from hilbench.record.journal.database import FILE, Database
from hilbench.record.metrics import Value
from hilbench.record.row import Row


def row(model: str, **values: Value) -> Row:
    return Row({"schema": 2, "experiment": "mine", "experiment_file": "mine.yaml", "model": model,
                "variant": "basic", "engine": "aot", "board": "b", "status": "ok",
                "decided_by": f"all of {model}", **values})  # fmt: skip


def job(model: str) -> str:
    return f"{model}/basic/aot/b"


def begin(folder: Path, *models: str, experiment: str = "mine") -> Campaign:
    ids = tuple(map(job, models))
    return Journal.open(folder).begin(Plan(experiment, "mine.yaml", ids, ids))


def record(campaign: Campaign, *rows: Row) -> None:
    for each in rows:
        campaign.attempt(each.job).ended(each, [Samples("ticks", 9, (5, 6), 1)])


def table(folder: Path, query: str) -> list[tuple[object, ...]]:
    database = Database(folder / FILE, writable=False)
    try:
        return [tuple(found) for found in database.rows(query)]
    finally:
        database.close()
