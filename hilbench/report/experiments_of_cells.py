"""The page of the experiment `cells`: each cell on each task, float and int8 side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from hilbench.record.row import Row
from hilbench.report import cells
from hilbench.report.text import NONE, kilobytes, markdown, short, whole

TASKS = ("digits", "watch_ahead", "watch")
"""What a model's name ends with; a longer end before one that it ends with."""
FLOAT, INT8 = "basic", "int8_only"
BOARD = "nucleo_l4r5zi_twin"

_COSTS: Mapping[str, Callable[[Any], str]] = {
    "exe_cycles": whole,
    "model_flash_bytes": kilobytes,
    "model_ram_bytes": kilobytes,
}
HEADINGS = (
    *("cell and task", "parameters", "MACs", "float", "int8", "cycles float", "int8"),
    *("flash kB float", "int8", "RAM kB float", "int8"),
)


def task_of(row: Row) -> str:
    """The name of its data, or nothing."""
    return next((task for task in TASKS if str(row["model"]).endswith(f"_{task}")), "")


def of_task(rows: Sequence[Row], task: str) -> list[Row]:
    """The int8 rows of one board that are ok, by the names of their cells alone."""
    own = (row for row in rows if row.ok and task_of(row) == task and _is(row, INT8))
    return [Row({**row, "model": str(row["model"]).removesuffix(f"_{task}")}) for row in own]


def ranked(rows: Sequence[Row]) -> list[Row]:
    """The int8 rows of one board, task by task, the best first."""
    found: list[Row] = []
    for task in sorted(TASKS):
        own = [row for row in rows if task_of(row) == task and _is(row, INT8)]
        if own:
            column, _, sign = cells.measure(own)
            found += sorted(own, key=lambda row: -sign * float(row[f"{column}_device"]))
    return found


def _is(row: Row, variant: str) -> bool:
    return row["board"] == BOARD and row["variant"] == variant


def table(rows: Sequence[Row]) -> str:
    """A line for each cell and task, its float row beside its int8 row."""
    floats = {row["model"]: row for row in rows if _is(row, FLOAT)}
    return markdown(HEADINGS, [_line(row, floats.get(row["model"])) for row in ranked(rows)])


def _line(row: Row, other: Row | None) -> list[str]:
    column, _, _ = cells.measure([row])
    return [
        f"`{row['model']}`",
        *(whole(row.get(name)) for name in ("parameters", "macs")),
        *(short(row.get(f"{column}_{where}")) for where in ("float", "device")),
        *(
            how(each.get(name)) if each else NONE
            for name, how in _COSTS.items()
            for each in (other, row)
        ),
    ]


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
        if own := [row for row in ranked(rows) if task_of(row) == task]:
            yield from _of_task(task, own)
    yield "At equal cycles they are in [choosing a cell](../choosing-a-cell.md)."


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
        f"{_lose_nothing(sum(lost(row) <= 0 for row in rows))}."
    )
    many = sorted((row for row in rows if _share_lost(row) > MUCH), key=_share_lost, reverse=True)
    if many:
        yield (
            f"`{task}`: int8 costs more than {MUCH:.0%} of the {name} of {_counted(many, task)}: "
            "[why](../cells.md#what-int8-costs)."
        )
    cycles = sorted(rows, key=lambda row: int(row["exe_cycles"]))
    yield (
        f"`{task}`: at about as many parameters a step takes {whole(cycles[0]['exe_cycles'])} "
        f"(`{cycles[0]['model']}`) to {whole(cycles[-1]['exe_cycles'])} cycles "
        f"(`{cycles[-1]['model']}`) in int8."
    )


MUCH = 0.01
"""Of what the float network has: a loss that needs a reason."""


def _share_lost(row: Row) -> float:
    """Of the task's measure, by int8."""
    column, _, sign = cells.measure([row])
    before, after = (float(row[f"{column}_{where}"]) for where in ("float", "device"))
    return sign * (before - after) / abs(before) if before else 0.0


def _counted(rows: Sequence[Row], task: str) -> str:
    names = (str(row["model"]).removesuffix(f"_{task}") for row in rows)
    return ", ".join(
        f"`{name}` ({_share_lost(row):.1%})" for name, row in zip(names, rows, strict=True)
    )


def _lose_nothing(cells: int) -> str:
    return "1 cell loses nothing" if cells == 1 else f"{cells or 'no'} cells lose nothing"


def _told(row: Row, column: str) -> str:
    return f"`{row['model']}` with {short(row[f'{column}_device'])}"
