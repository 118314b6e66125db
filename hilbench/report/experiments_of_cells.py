"""The page of the experiment `cells`: each cell on each task, float and int8 side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hilbench.record.row import Row
from hilbench.report import cells
from hilbench.report.text import kilobytes, short, whole

TASKS = ("digits", "watch_ahead", "watch")
"""What a model's name ends with; a longer end before one that it ends with."""
FLOAT, INT8 = "basic", "int8_only"
BOARD = "nucleo_l4r5zi_twin"
_SHARED = ("exe_cycles", "model_flash_bytes", "model_ram_bytes")
_OTHER = "float_"


def task_of(row: Row) -> str:
    """ "" for a model of none."""
    return next((task for task in TASKS if str(row["model"]).endswith(f"_{task}")), "")


def joined(rows: Sequence[Row]) -> list[Row]:
    """The int8 rows of one board, the best of a task first, with columns of their float ones."""
    here = [row for row in rows if row["board"] == BOARD]
    floats = {row["model"]: row for row in here if row["variant"] == FLOAT}
    found: list[Row] = []
    for task in sorted(TASKS):
        own = [row for row in here if task_of(row) == task and row["variant"] == INT8]
        if not own:
            continue
        column, _, sign = cells.measure(own)
        for row in sorted(own, key=lambda row: -sign * float(row[f"{column}_device"])):
            other = floats.get(row["model"], Row({}))
            more = {f"{_OTHER}{name}": other[name] for name in _SHARED if name in other}
            found.append(Row({**row, **more}))
    return found


def _score(where: str) -> Callable[[Row], str]:
    def said(row: Row) -> str:
        column, _, _ = cells.measure([row])
        return short(row.get(f"{column}_{where}"))

    return said


def _both(column: str, how: Callable[..., str]) -> tuple[Callable[[Row], str], ...]:
    return tuple(
        lambda row, name=name: how(row.get(name)) for name in (f"{_OTHER}{column}", column)
    )


COLUMNS = (
    ("cell and task", lambda row: f"`{row['model']}`"),
    ("parameters", lambda row: whole(row.get("parameters"))),
    ("MACs", lambda row: whole(row.get("macs"))),
    *zip(("float", "int8"), (_score("float"), _score("device")), strict=True),
    *zip(("cycles float", "int8"), _both("exe_cycles", whole), strict=True),
    *zip(("flash kB float", "int8"), _both("model_flash_bytes", kilobytes), strict=True),
    *zip(("RAM kB float", "int8"), _both("model_ram_bytes", kilobytes), strict=True),
)


def said(rows: Sequence[Row]) -> Iterator[str]:
    """What came out, a task at a time, and what surprised."""
    floats, integers = ([r for r in rows if r["variant"] == name] for name in (FLOAT, INT8))
    far = max(float(row["error_mae"]) for row in floats)
    same = sum(row.get("oracle_max_lsb") == 0 for row in integers)
    asked = sum("oracle_max_lsb" in row for row in integers)
    boards = " and ".join(f"`{board}`" for board in dict.fromkeys(str(r["board"]) for r in rows))
    yield (
        f"In float the furthest from Keras is {far:.1e} of the range of an output; in int8 {same} "
        f"of {asked} rows are TensorFlow Lite Micro's bit by bit, on {boards}."
    )
    for task in sorted(TASKS):
        if own := [row for row in joined(rows) if task_of(row) == task]:
            yield from _of_task(task, own)


def _of_task(task: str, rows: Sequence[Row]) -> Iterator[str]:
    """Of rows of one task, the best first."""
    column, name, sign = cells.measure(rows)
    best, worst = rows[0], rows[-1]
    yield (
        f"`{task}`: the best of {len(rows)} cells in int8 is {_told(best, column)}, the last "
        f"{_told(worst, column)} ({name})."
    )

    def lost(row: Row) -> float:
        return sign * (float(row[f"{column}_float"]) - float(row[f"{column}_device"]))

    most = max(rows, key=lost)
    yield (
        f"`{task}`: int8 costs {_told(most, column)} most, {lost(most):.3f} of its {name}; "
        f"{sum(lost(row) <= 0 for row in rows)} cells lose nothing."
    )
    cycles = sorted(rows, key=lambda row: int(row["exe_cycles"]))
    yield (
        f"`{task}`: at about as many parameters a step takes {whole(cycles[0]['exe_cycles'])} "
        f"(`{cycles[0]['model']}`) to {whole(cycles[-1]['exe_cycles'])} cycles "
        f"(`{cycles[-1]['model']}`) in int8."
    )


def _told(row: Row, column: str) -> str:
    return f"`{row['model']}` with {short(row[f'{column}_device'])}"
